import { randomBytes } from 'node:crypto'
import { mkdir, truncate, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { FormatIntent } from '../../../src/engine/action.ts'
import { intentPath, printIntent } from '../../../src/formats/format-intent.ts'
import { instanceId, volumeId } from '../as-ebs.ts'
import { run } from '../run.ts'
import { put, type TestDisk } from '../test-disk.ts'

export const kiB = 1024
export const MiB = 1024 * kiB

/** What must be undone before the disk can go. */
type Undo = () => Promise<unknown>

/** A step on the way from a blank disk to the state. */
export type Making = (disk: TestDisk) => Promise<Undo | void>

export function inOrder(...makings: readonly Making[]): Making {
  return async (disk) => {
    const undos: Undo[] = []
    for (const make of makings) {
      const undo = await make(disk)
      if (undo !== undefined) undos.unshift(undo)
    }
    return async () => {
      for (const undo of undos) await undo()
    }
  }
}

/** A program with the device as its last argument. */
export function by(...argv: readonly [string, ...string[]]): Making {
  return async ({ path }) => {
    await run(...argv, path)
  }
}

/** Bytes at an offset, or so far before the end. */
export function bytes(offsetBytes: number, data: Uint8Array | string): Making {
  return async (disk) => await put(disk, offsetBytes, data)
}

export function zeros(offsetBytes: number, lengthBytes: number): Making {
  return bytes(offsetBytes, Buffer.alloc(lengthBytes))
}

export function random(offsetBytes: number, lengthBytes: number): Making {
  return async (disk) => await put(disk, offsetBytes, randomBytes(lengthBytes))
}

/** An ext4 as mke2fs.conf has it, or with options of its own. */
export function ext4(...options: readonly string[]): Making {
  return by('mkfs.ext4', '-q', ...options)
}

/** An ext4 that leaves the end of the device alone. */
export function ext4Of(size: string): Making {
  return async ({ path }) => {
    await run('mkfs.ext4', '-q', path, size)
  }
}

/** A change of an ext4 by debugfs. */
export function debugfs(request: string): Making {
  return async ({ path }) => {
    await run('debugfs', '-w', '-R', request, path)
  }
}

/** A file system that is made of a folder with a file in it, by a program that takes `folder device`. */
export function ofFolder(argv: (folder: string, device: string) => readonly [string, ...string[]]): Making {
  return async ({ path, folder }) => {
    const content = join(folder, 'content')
    await mkdir(content)
    await writeFile(join(content, 'file'), randomBytes(64 * kiB))
    await run(...argv(content, path))
  }
}

/** As a snapshot or a write-protected volume is. The kernel keeps it of a loop device beyond its end. */
export const readOnly: Making = async ({ path }) => {
  await run('blockdev', '--setro', path)
  return () => run('blockdev', '--setrw', path)
}

/** The device keeps its size, but the file behind it does not. */
export function cutShort(lengthBytes: number): Making {
  return async ({ image }) => await truncate(image, lengthBytes)
}

export const uuid = '3b9e2b2a-0c4f-4f4e-9d5b-5d1c7d9f6a01'

/** The intent of this instance for this volume, or something else in its place. */
export function intent(changes: Partial<FormatIntent> = {}): Making {
  return intentText(printIntent({ volumeId, instanceId, uuid, ...changes }))
}

export function intentText(text: string): Making {
  return async () => {
    await mkdir(dirname(intentPath(volumeId)), { recursive: true })
    await writeFile(intentPath(volumeId), text)
  }
}

/** As mkfs leaves it when it is cut off before its last write, which is that of the superblock. */
export const halfMade: Making = inOrder(ext4('-b', '4096', '-m', '0', '-E', 'nodiscard', '-U', uuid), zeros(kiB, kiB))
