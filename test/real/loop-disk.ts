import { mkdtemp, open, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { run } from './run.ts'
import type { TestDisk } from './test-disk.ts'

/** mkfs syncs: small disks are spared a busy machine's storage. Large ones get a journal of 1 GiB. */
const mostInMemoryMiB = 2_048
/** Nor has ext4, where temporary files mostly are, files of 16 TiB. */
const mostInFileMiB = 15 * 1024 * 1024

export async function loopDisk(sizeMiB: number, ...options: readonly string[]): Promise<TestDisk> {
  const onDisk = sizeMiB > mostInMemoryMiB && sizeMiB <= mostInFileMiB
  const folder = await mkdtemp(join(onDisk ? tmpdir() : '/dev/shm', 'slurm-node-agent-'))
  const image = join(folder, 'disk')
  await writeFile(image, '')
  const sizeBytes = Math.round(sizeMiB * 1024 * 1024)
  await truncate(image, sizeBytes)
  const path = (await run('losetup', '--find', '--show', ...options, image)).trim()
  // A device that is detached while it is open goes with the last that has it open: even should we be killed.
  const handle = await open(path, 'r')
  await run('losetup', '--detach', path)
  return {
    path,
    name: basename(path),
    sizeBytes,
    image,
    folder,
    async [Symbol.asyncDispose]() {
      await handle.close()
      await rm(folder, { recursive: true })
    },
  }
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
