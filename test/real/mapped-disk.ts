import { randomBytes } from 'node:crypto'
import { loopDisk } from './loop-disk.ts'
import { run } from './run.ts'
import type { TestDisk } from './test-disk.ts'

const sector = 512

/** Parts of a loop device as a device of device-mapper has them, one after the other. */
export interface Segment {
  /** `error`: it cannot be read or written there. */
  readonly target: 'linear' | 'error'
  readonly lengthBytes: number
}

/** A device of device-mapper over a loop device. */
export async function mappedDisk(
  sizeMiB: number,
  segments: readonly Segment[],
  ...options: readonly string[]
): Promise<TestDisk> {
  const under = await loopDisk(sizeMiB)
  const mapping = await mapOver(under, segments, ...options)
  return {
    ...under,
    path: mapping.path,
    name: (await run('dmsetup', 'info', '--columns', '--noheadings', '--options', 'blkdevname', mapping.name)).trim(),
    async [Symbol.asyncDispose]() {
      await mapping.remove()
      await under[Symbol.asyncDispose]()
    },
  }
}

/** Maps the segments over the device, which it then holds. */
export async function mapOver(under: TestDisk, segments: readonly Segment[], ...options: readonly string[]) {
  const name = `slurm-node-agent-${randomBytes(6).toString('hex')}`
  await run('dmsetup', 'create', ...options, name, '--table', tableOf(under, segments))
  await run('dmsetup', 'mknodes', name) // else udev's work
  return { name, path: `/dev/mapper/${name}`, remove: () => run('dmsetup', 'remove', '--retry', name) }
}

function tableOf(under: TestDisk, segments: readonly Segment[]): string {
  let at = 0
  const lines = segments.map(({ target, lengthBytes }) => {
    const first = at / sector
    at += lengthBytes
    return `${first} ${lengthBytes / sector} ${target === 'linear' ? `linear ${under.path} ${first}` : 'error'}`
  })
  return lines.join('\n')
}
