import { createHash } from 'node:crypto'
import { constants, type FileHandle, open } from 'node:fs/promises'
import type { Region } from '../../src/engine/host.ts'
import { codeOf } from './error-code.ts'
import { flock } from './flock.ts'

/** As much as EBS takes in one operation. */
const chunkBytes = 256 * 1024
/** So many that handing them to Node's threads, and waiting for all, costs less than the reads: most are of 4 KiB. */
const readsAtOnce = 16

const zeros = Buffer.alloc(chunkBytes)

/** The offset of the first byte in these regions that is not zero; throws where a region reaches past the device's end. */
export async function firstNonZero(
  device: string,
  regions: readonly Region[],
  signal: AbortSignal,
): Promise<number | undefined> {
  for await (const { offsetBytes, bytes } of chunksIn(device, regions, signal)) {
    if (!bytes.equals(zeros.subarray(0, bytes.length))) return offsetBytes + bytes.findIndex((byte) => byte !== 0)
  }
  return undefined
}

/** SHA-256 of the text and the regions in the order of their offsets; throws where one reaches past the device's end. */
export async function digest(
  text: string,
  device: string,
  regions: readonly Region[],
  signal: AbortSignal,
): Promise<string> {
  const hash = createHash('sha256').update(text)
  for await (const { bytes } of chunksIn(device, regions, signal)) hash.update(bytes)
  return hash.digest('hex')
}

/** In the order of their offsets; the bytes are there until the next one is asked for. */
async function* chunksIn(device: string, regions: readonly Region[], signal: AbortSignal) {
  const chunks = regions.flatMap(chunksOf).toSorted((one, other) => one.offsetBytes - other.offsetBytes)
  await using handle = await open(device, 'r')
  const buffers = Array.from({ length: readsAtOnce }, () => Buffer.allocUnsafe(chunkBytes))
  for (let next = 0; next < chunks.length; next += readsAtOnce) {
    signal.throwIfAborted()
    const batch = chunks.slice(next, next + readsAtOnce)
    yield* await Promise.all(batch.map((chunk, index) => readChunk(handle, device, chunk, buffers[index])))
  }
}

function chunksOf({ offsetBytes, lengthBytes }: Region): readonly Region[] {
  return Array.from({ length: Math.ceil(lengthBytes / chunkBytes) }, (_, index) => ({
    offsetBytes: offsetBytes + index * chunkBytes,
    lengthBytes: Math.min(chunkBytes, lengthBytes - index * chunkBytes),
  }))
}

async function readChunk(
  handle: FileHandle,
  device: string,
  { offsetBytes, lengthBytes }: Region,
  buffer = Buffer.allocUnsafe(chunkBytes),
): Promise<{ readonly offsetBytes: number; readonly bytes: Buffer }> {
  const { bytesRead } = await handle.read(buffer, 0, lengthBytes, offsetBytes).catch((error: unknown) => {
    throw new Error(`${device} cannot be read at ${offsetBytes}; journalctl --dmesg may say why`, { cause: error })
  })
  if (bytesRead !== lengthBytes) {
    throw new Error(`${device}: ${bytesRead} of ${lengthBytes} bytes at ${offsetBytes}: it ends before its size`)
  }
  return { offsetBytes, bytes: buffer.subarray(0, lengthBytes) }
}

/** Whether a shared lock is to be had, which udev's own does not hinder. Opened read-only: no close makes udev look again. */
export async function deviceIsFree(device: string, signal: AbortSignal): Promise<boolean> {
  await using handle = await open(device, 'r')
  return await flock(handle, ['--nonblock', '--shared'], signal)
}

/**
 * With O_EXCL, and without O_CREAT, the kernel opens a block device only if nobody else has claimed it (open(2)). The
 * claim ends with the file, at once; for as long, nobody else can mount the disk, or a partition of it.
 */
export async function deviceIsClaimed(device: string): Promise<boolean> {
  try {
    await using _handle = await open(device, constants.O_RDONLY | constants.O_EXCL)
    return false
  } catch (error) {
    if (codeOf(error) === 'EBUSY') return true
    throw error
  }
}
