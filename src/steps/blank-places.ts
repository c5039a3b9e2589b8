import type { Region } from '../engine/host.ts'
import { backupPlaces } from './ext4-places.ts'
import { inside, spread } from './regions.ts'

const kiB = 1024
const MiB = 1024 * kiB
const GiB = 1024 * MiB

/** Where most formats keep their heads and tails: partition tables, RAID and ZFS members, databases on raw devices. */
const edgeBytes = 16 * MiB

/**
 * Copies of the superblock that other file systems keep far from the ends of the device: btrfs (BTRFS_SUPER_MIRROR_SHIFT
 * in fs/btrfs/disk-io.h) and OCFS2 (OCFS2_BACKUP_SB_START in fs/ocfs2/ocfs2_fs.h).
 */
const mirrors = [64 * MiB, 256 * GiB, GiB, 4 * GiB, 16 * GiB, 64 * GiB, 1_024 * GiB]

/**
 * All that must read as zero on a blank disk: its first and last 16 MiB, every place in which a file system keeps a
 * copy of its superblock, and 4,096 samples. These lie at even fractions of the device, where XFS begins its
 * allocation groups.
 */
export function blankPlaces(sizeBytes: number): readonly Region[] {
  return inside(sizeBytes, [
    { offsetBytes: 0, lengthBytes: edgeBytes },
    { offsetBytes: Math.max(0, sizeBytes - edgeBytes), lengthBytes: edgeBytes },
    ...mirrors.map((offsetBytes) => ({ offsetBytes, lengthBytes: 4 * kiB })),
    ...backupPlaces(sizeBytes),
    ...spread(sizeBytes),
  ])
}
