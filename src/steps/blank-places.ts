import type { Region } from '../engine/host.ts'
import { backupPlaces } from './ext4-places.ts'
import { inside, spread } from './regions.ts'

const MiB = 1024 * 1024

/** Where most formats keep their heads and tails: partition tables, RAID and ZFS members, databases on raw devices. */
const edgeBytes = 16 * MiB

/**
 * All that must read as zero on a blank disk: its first and last 16 MiB, every place of an ext superblock's backup, and
 * 4,096 samples. Among the places is every power of two from 8 MiB on, where btrfs (BTRFS_SUPER_MIRROR_SHIFT) and OCFS2
 * (OCFS2_BACKUP_SB_START) keep copies of theirs. The samples lie at even fractions of the device, where XFS begins its
 * allocation groups.
 */
export function blankPlaces(sizeBytes: number): readonly Region[] {
  return inside(sizeBytes, [
    { offsetBytes: 0, lengthBytes: edgeBytes },
    { offsetBytes: Math.max(0, sizeBytes - edgeBytes), lengthBytes: edgeBytes },
    ...backupPlaces(sizeBytes),
    ...spread(sizeBytes),
  ])
}
