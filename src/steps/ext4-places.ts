import type { Region } from '../engine/host.ts'
import { inside, spread } from './regions.ts'

const kiB = 1024

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
  return inside(sizeBytes, [
    { offsetBytes: 0, lengthBytes: kiB },
    ...spread(sizeBytes, (offsetBytes) => intoSecondHalf(offsetBytes, groupBytes)),
  ])
}

/** The same group, the position in it halved and moved behind its middle. */
function intoSecondHalf(offsetBytes: number, groupBytes: number): number {
  const within = offsetBytes % groupBytes
  return offsetBytes - within + groupBytes / 2 + Math.floor(within / 2)
}

export interface Backup {
  readonly offsetBytes: number
  /** As dumpe2fs takes it, in blocks. */
  readonly block: number
  readonly blockBytes: number
}

/** Those of others, whose remains may be there. Blocks of more than 4 KiB come from machines with larger pages. */
const blockSizes = [kiB, 2 * kiB, 4 * kiB, 8 * kiB, 16 * kiB, 32 * kiB, 64 * kiB]

/** The first backup for each block size: what is left to know a file system by when its superblock is gone. */
export function firstBackups(sizeBytes: number): readonly Backup[] {
  return blockSizes.map(firstBackup).filter(({ offsetBytes }) => offsetBytes + kiB <= sizeBytes)
}

/** With blocks of 1 KiB the first group begins at block 1, after the boot block. */
function firstBackup(size: number): Backup {
  const block = (size === kiB ? 1 : 0) + groupBytesOf(size) / size
  return { offsetBytes: block * size, block, blockBytes: size }
}

/** More would not fit into the counters of a group descriptor (EXT2_MAX_BLOCKS_PER_GROUP). */
const mostBlocksInGroup = 65_528

/** A group is as large as one block of bitmap can tell. */
function groupBytesOf(size: number): number {
  return Math.min(8 * size, mostBlocksInGroup) * size
}

/** Long enough for the backup of a file system with blocks of 1 KiB, which lies 1 KiB further on. */
const backupBytes = 2 * kiB

/**
 * Every place of an ext superblock's backup. Blocks are powers of two, and so are bigalloc's clusters: a group has as
 * many bytes as one of 1 KiB blocks, or of 8 KiB blocks, times a power of two. sparse_super keeps backups in group 1
 * and in those that are powers of 3, 5 and 7; sparse_super2 in group 1 and the last.
 */
export function backupPlaces(sizeBytes: number): readonly Region[] {
  const places = [kiB, 8 * kiB]
    .flatMap((size) => groupSizes(groupBytesOf(size), sizeBytes))
    .flatMap((groupBytes) => {
      const groups = Math.ceil(sizeBytes / groupBytes)
      const numbers = [1, ...powers(3, groups), ...powers(5, groups), ...powers(7, groups), groups - 1]
      return numbers.map((group) => group * groupBytes)
    })
  return [...new Set(places)].map((offsetBytes) => ({ offsetBytes, lengthBytes: backupBytes }))
}

/** The least, and all that are larger, as far as there can be a second group. */
function groupSizes(leastBytes: number, below: number): readonly number[] {
  const found: number[] = []
  for (let size = leastBytes; size < below; size *= 2) found.push(size)
  return found
}

function powers(base: number, below: number): readonly number[] {
  const found: number[] = []
  for (let power = base; power < below; power *= base) found.push(power)
  return found
}
