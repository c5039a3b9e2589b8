import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from './run.ts'
import type { TestDisk } from './test-disk.ts'

/** A node of the disk under a name of its own, on a file system of its own: temporary files mostly may not be devices. */
export async function otherNode({ path, folder }: TestDisk, fileSystem: 'tmpfs' | 'ramfs' = 'tmpfs') {
  const place = join(folder, fileSystem)
  await mkdir(place)
  await run('mount', '-t', fileSystem, '-o', 'dev', 'none', place)
  const node = join(place, 'xvda')
  await run('cp', '--archive', path, node)
  return {
    path: node,
    async [Symbol.asyncDispose]() {
      await run('umount', place)
    },
  }
}
