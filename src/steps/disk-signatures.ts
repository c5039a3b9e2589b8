import type { RefusalCode } from '../engine/codes.ts'
import { type Refusal, refusal } from './refusal.ts'

interface Kind {
  readonly is: RegExp
  readonly code: RefusalCode
  readonly what: string
  /** The command, before the path, that shows more of it. */
  readonly look: string
}

const wipefs = 'wipefs --no-act'

/** By libblkid's name of the signature (`blkid --known-fstypes`). What is not listed is another file system. */
const kinds: readonly Kind[] = [
  {
    is: /^(gpt|PMBR|dos|mac|sun|bsd|sgi|aix|atari|ultrix)$/,
    code: 'DISK_PARTITIONED',
    what: 'a partition table',
    look: 'lsblk',
  },
  { is: /^LVM[12]_member$/, code: 'DISK_LVM_MEMBER', what: 'an LVM physical volume', look: 'pvs' },
  { is: /_raid_member$/, code: 'DISK_RAID_MEMBER', what: 'a member of a RAID array', look: 'mdadm --examine' },
  { is: /^crypto_LUKS$/, code: 'DISK_ENCRYPTED', what: 'a LUKS container', look: 'cryptsetup luksDump' },
  { is: /^BitLocker$/, code: 'DISK_ENCRYPTED', what: 'a BitLocker container', look: 'cryptsetup bitlkDump' },
  { is: /^zfs_member$/, code: 'DISK_ZFS_MEMBER', what: 'a member of a ZFS pool', look: 'zdb -l' },
  { is: /^btrfs$/, code: 'DISK_BTRFS_MEMBER', what: 'a device of a btrfs file system', look: 'btrfs filesystem show' },
  { is: /^bcache$/, code: 'DISK_BCACHE_MEMBER', what: 'a bcache device', look: 'bcache-super-show' },
  { is: /^drbd/, code: 'DISK_DRBD_MEMBER', what: 'metadata of DRBD', look: wipefs },
  {
    is: /^ceph_bluestore$/,
    code: 'DISK_CEPH_MEMBER',
    what: 'an OSD of Ceph',
    look: 'ceph-bluestore-tool show-label --dev',
  },
  { is: /^oracleasm$/, code: 'DISK_ORACLE_ASM', what: 'a disk of Oracle ASM', look: 'oracleasm querydisk' },
  { is: /^VMFS/, code: 'DISK_VMFS_MEMBER', what: 'an extent of a VMFS datastore', look: 'blkid --probe' },
  { is: /^(DM_.*|vdo|stratis)$/, code: 'DISK_MAPPED_MEMBER', what: 'part of a device-mapper device', look: wipefs },
  { is: /^(jbd|xfs_external_log)$/, code: 'DISK_IS_JOURNAL', what: 'the journal of another file system', look: wipefs },
  { is: /^swap$/, code: 'DISK_SWAP', what: 'a swap area', look: wipefs },
  { is: /^swsuspend$/, code: 'DISK_HIBERNATED', what: 'a hibernated system', look: wipefs },
]

const otherFileSystem = { code: 'DISK_OTHER_FILE_SYSTEM', what: 'another file system', look: wipefs } as const

export function isPartitionTable(type: string): boolean {
  return kindOf(type).code === 'DISK_PARTITIONED'
}

/** The refusal of a disk with a signature that is not the configured file system's. */
export function refuseSignature(path: string, type: string): Refusal {
  const { code, what, look } = kindOf(type)
  return refusal(code, `${path} holds ${what} (${type})`, lookWith(look, path))
}

/** For a person: nothing here ever clears a disk that holds something without the consent of one. */
export function lookWith(command: string, path: string): string {
  return `look at it with: ${command} ${path}; if it is the wrong volume, correct dataVolume.volumeId`
}

function kindOf(type: string) {
  return kinds.find(({ is }) => is.test(type)) ?? otherFileSystem
}
