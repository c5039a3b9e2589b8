import { constants, type FileHandle, open } from 'node:fs/promises'
import type { Region } from '../../src/engine/host.ts'
import { flock } from './flock.ts'

/** As much as EBS takes in one operation, and a few reads at once to keep it busy. */
const chunkBytes = 256 * 1024
const readsAtOnce = 4

const zeros = Buffer.alloc(chunkBytes)

/** The offset of the first byte in these regions that is not zero; throws where a region reaches past the device's end. */
export async function firstNonZero(
  device: string,
  regions: readonly Region[],
  signal: AbortSignal,
): Promise<number | undefined> {
  const chunks = regions.flatMap(chunksOf).toSorted((one, other) => one.offsetBytes - other.offsetBytes)
  await using handle = await open(device, 'r')
  const buffers = Array.from({ length: readsAtOnce }, () => Buffer.allocUnsafe(chunkBytes))
  for (let next = 0; next < chunks.length; next += readsAtOnce) {
    signal.throwIfAborted()
    const batch = chunks.slice(next, next + readsAtOnce)
    const found = await Promise.all(batch.map((chunk, index) => nonZeroIn(handle, device, chunk, buffers[index])))
    const first = found.find((offset) => offset !== undefined)
    if (first !== undefined) return first
  }
  return undefined
}

function chunksOf({ offsetBytes, lengthBytes }: Region): readonly Region[] {
  return Array.from({ length: Math.ceil(lengthBytes / chunkBytes) }, (_, index) => ({
    offsetBytes: offsetBytes + index * chunkBytes,
    lengthBytes: Math.min(chunkBytes, lengthBytes - index * chunkBytes),
  }))
}

async function nonZeroIn(
  handle: FileHandle,
  device: string,
  { offsetBytes, lengthBytes }: Region,
  buffer = Buffer.allocUnsafe(chunkBytes),
): Promise<number | undefined> {
  const { bytesRead } = await handle.read(buffer, 0, lengthBytes, offsetBytes).catch((error: unknown) => {
    throw new Error(`${device} cannot be read at ${offsetBytes}; journalctl --dmesg may say why`, { cause: error })
  })
  if (bytesRead !== lengthBytes) {
    throw new Error(`${device}: ${bytesRead} of ${lengthBytes} bytes at ${offsetBytes}: it ends before its size`)
  }
  const read = buffer.subarray(0, lengthBytes)
  if (read.equals(zeros.subarray(0, lengthBytes))) return undefined
  return offsetBytes + read.findIndex((byte) => byte !== 0)
}

/** Whether a shared lock is to be had, which udev's own does not hinder. Opened read-only: no close makes udev look again. */
export async function deviceIsFree(device: string, signal: AbortSignal): Promise<boolean> {
  await using handle = await open(device, 'r')
  return await flock(handle, ['--nonblock', '--shared'], signal)
}

/**
 * With O_EXCL, and without O_CREAT, the kernel opens a block device only if nobody else has claimed it (open(2)). The
 * claim ends with the file, at once: it is made of disks alone on which there is nothing to be mounted.
 */
export async function deviceIsClaimed(device: string): Promise<boolean> {
  try {
    await using _handle = await open(device, constants.O_RDONLY | constants.O_EXCL)
    return false
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EBUSY') return true
    throw error
  }
}
