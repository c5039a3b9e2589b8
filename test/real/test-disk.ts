import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { run } from './run.ts'

/** A real block device over a sparse file, to be made anything of. */
export interface TestDisk extends AsyncDisposable {
  readonly path: string
  /** The kernel's name. */
  readonly name: string
  readonly sizeBytes: number
  /** The file that it keeps its bytes in. */
  readonly image: string
  /** A folder of its own, for what a test needs beside it. */
  readonly folder: string
}

/** Writes bytes at an offset of the device, or as far before its end, and leaves all others. */
export async function put(disk: TestDisk, offsetBytes: number, bytes: Uint8Array | string): Promise<void> {
  await using handle = await open(disk.path, 'r+')
  const data = Buffer.from(bytes)
  await handle.write(data, 0, data.length, offsetBytes < 0 ? disk.sizeBytes + offsetBytes : offsetBytes)
  await handle.sync()
}

const chunkBytes = 1024 * 1024

/**
 * The hash of all bytes that are not zero, with their places: holes are jumped over, so that it takes no longer for a
 * disk of 1 TiB. Of the file, since a device may refuse to be read; what was written to the device is synced before.
 */
export async function hashOf({ path, image }: TestDisk): Promise<string> {
  await syncDevice(path)
  await using handle = await open(image, 'r')
  const hash = createHash('sha256')
  const buffer = Buffer.alloc(chunkBytes)
  const zeros = Buffer.alloc(chunkBytes)
  for (const offset of await chunksWithData(image)) {
    const { bytesRead } = await handle.read(buffer, 0, chunkBytes, offset)
    const read = buffer.subarray(0, bytesRead)
    if (!read.equals(zeros.subarray(0, bytesRead))) hash.update(`${offset}:`).update(read)
  }
  return hash.digest('hex')
}

/** A device that fails to read fails to sync, too, and then there is nothing of ours to be synced. */
async function syncDevice(path: string): Promise<void> {
  await using handle = await open(path, 'r')
  await handle.sync().catch(() => undefined)
}

/** The offsets of chunks of a sparse file that are not holes, in order; xfs_io asks lseek(2), which Node has not. */
async function chunksWithData(file: string): Promise<ReadonlySet<number>> {
  const printed = await run('xfs_io', '-r', '-c', 'seek -a -r 0', file)
  const marks = [...printed.matchAll(/^(DATA|HOLE)\t(\d+)$/gm)]
  const chunks = new Set<number>()
  for (const [index, [, kind, at]] of marks.entries()) {
    if (kind !== 'DATA') continue
    const end = Number(marks[index + 1]?.[2])
    for (let offset = Math.floor(Number(at) / chunkBytes); offset * chunkBytes < end; offset++)
      chunks.add(offset * chunkBytes)
  }
  return chunks
}
