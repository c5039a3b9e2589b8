import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdtemp, open, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { run } from './run.ts'

/** A block device over a sparse file. */
export interface LoopDisk extends AsyncDisposable {
  readonly path: string
  /** The kernel's name. */
  readonly name: string
  readonly sizeBytes: number
  /** A folder of its own, for what a test needs beside it. */
  readonly folder: string
}

/** mkfs syncs: small disks are spared a busy machine's storage. Large ones get a journal of 1 GiB. */
const mostInMemoryMiB = 2_048

export async function loopDisk(sizeMiB: number, ...options: readonly string[]): Promise<LoopDisk> {
  const folder = await mkdtemp(join(sizeMiB <= mostInMemoryMiB ? '/dev/shm' : tmpdir(), 'slurm-node-agent-'))
  const image = join(folder, 'disk')
  await writeFile(image, '')
  const sizeBytes = sizeMiB * 1024 * 1024
  await truncate(image, sizeBytes)
  const path = (await run('losetup', '--find', '--show', ...options, image)).trim()
  // A device that is detached while it is open goes with the last that has it open: even should we be killed.
  const handle = await open(path, 'r')
  await run('losetup', '--detach', path)
  return {
    path,
    name: basename(path),
    sizeBytes,
    folder,
    async [Symbol.asyncDispose]() {
      await handle.close()
      await rm(folder, { recursive: true })
    },
  }
}

/** The hash of all bytes of the device. */
export async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, { highWaterMark: 4 * 1024 * 1024 })) hash.update(chunk)
  return hash.digest('hex')
}

/** Writes bytes at an offset of the device, and leaves all others. */
export async function put(path: string, offsetBytes: number, bytes: Uint8Array | string): Promise<void> {
  await using handle = await open(path, 'r+')
  const data = Buffer.from(bytes)
  await handle.write(data, 0, data.length, offsetBytes)
  await handle.sync()
}

/** Why no loop devices can be had here; undefined when they can. */
export async function whyNoLoopDisks(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'only root can set up loop devices'
  try {
    await using _disk = await loopDisk(1)
    return undefined
  } catch (error) {
    return String(error)
  }
}
