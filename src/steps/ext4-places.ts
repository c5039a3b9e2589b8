import type { Region } from '../engine/host.ts'

const kiB = 1024
const MiB = 1024 * kiB

/** Where most formats keep their heads and tails: partition tables, RAID and ZFS members, databases on raw devices. */
const edgeBytes = 16 * MiB
const samples = 4_096
const sampleBytes = 4 * kiB

/** Those of others, whose remains may be there. */
const blockSizes = [kiB, 2 * kiB, 4 * kiB]

export interface Backup {
  readonly offsetBytes: number
  /** As dumpe2fs takes it, in blocks. */
  readonly block: number
  readonly blockBytes: number
}

/**
 * All that must read as zero on a blank disk: its first and last 16 MiB, every place of an ext superblock's backup,
 * and 4,096 samples. These lie at even fractions of the device, where XFS begins its allocation groups.
 */
export function blankPlaces(sizeBytes: number): readonly Region[] {
  const stride = sizeBytes / samples
  return inside(sizeBytes, [
    { offsetBytes: 0, lengthBytes: edgeBytes },
    { offsetBytes: Math.max(0, sizeBytes - edgeBytes), lengthBytes: edgeBytes },
    ...backupPlaces(sizeBytes).map(({ offsetBytes }) => ({ offsetBytes, lengthBytes: kiB })),
    ...Array.from({ length: samples }, (_, index) => sampleAt(Math.floor(index * stride))),
  ])
}

/** What mkfs.ext4 is told: unwrittenPlaces rests on it. */
export const blockBytes = 4 * kiB

/**
 * Places in which mkfs.ext4 never leaves anything, as dense as those of a blank disk: the boot block, and the second
 * half of each block group of 128 MiB. Superblock backups and descriptors are at the start of a group, and flex_bg
 * gathers the bitmaps and inode tables of sixteen groups in the first of them: some 40 MiB, on 64 TiB too. So data
 * of a person is seen here, and a half-made file system is not.
 */
export function unwrittenPlaces(sizeBytes: number): readonly Region[] {
  const groupBytes = groupBytesOf(blockBytes)
  const stride = sizeBytes / samples
  return inside(sizeBytes, [
    { offsetBytes: 0, lengthBytes: kiB },
    ...Array.from({ length: samples }, (_, index) => sampleAt(intoSecondHalf(Math.floor(index * stride), groupBytes))),
  ])
}

/** The same group, the position in it halved and moved behind its middle. */
function intoSecondHalf(offsetBytes: number, groupBytes: number): number {
  const within = offsetBytes % groupBytes
  return offsetBytes - within + groupBytes / 2 + Math.floor(within / 2)
}

/** The first backup for each block size: what is left to know a file system by when its superblock is gone. */
export function firstBackups(sizeBytes: number): readonly Backup[] {
  return blockSizes.map((size) => backup(size, 1)).filter(({ offsetBytes }) => offsetBytes + kiB <= sizeBytes)
}

/** sparse_super keeps backups in group 1 and in those that are powers of 3, 5 and 7. */
function backupPlaces(sizeBytes: number): readonly Backup[] {
  return blockSizes.flatMap((size) => {
    const groups = Math.ceil(sizeBytes / groupBytesOf(size))
    const numbers = [1, ...powers(3, groups), ...powers(5, groups), ...powers(7, groups)]
    return numbers.map((group) => backup(size, group))
  })
}

function powers(base: number, below: number): readonly number[] {
  const found: number[] = []
  for (let power = base; power < below; power *= base) found.push(power)
  return found
}

/** A group is as large as one block of bitmap can tell. */
function groupBytesOf(size: number): number {
  return 8 * size * size
}

/** With blocks of 1 KiB the first group begins at block 1, after the boot block. */
function backup(size: number, group: number): Backup {
  const block = (size === kiB ? 1 : 0) + (group * groupBytesOf(size)) / size
  return { offsetBytes: block * size, block, blockBytes: size }
}

function sampleAt(offsetBytes: number): Region {
  return { offsetBytes: offsetBytes - (offsetBytes % sampleBytes), lengthBytes: sampleBytes }
}

function inside(sizeBytes: number, places: readonly Region[]): readonly Region[] {
  return places
    .map(({ offsetBytes, lengthBytes }) => ({
      offsetBytes,
      lengthBytes: Math.min(lengthBytes, sizeBytes - offsetBytes),
    }))
    .filter(({ lengthBytes }) => lengthBytes > 0)
    .toSorted((one, other) => one.offsetBytes - other.offsetBytes)
}
