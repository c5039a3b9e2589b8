import type { RefusalCode } from '../engine/codes.ts'
import { type Refusal, refusal } from './refusal.ts'

/** By libblkid's name of the signature. What is not listed is another file system. */
const kinds: readonly {
  readonly is: RegExp
  readonly code: RefusalCode
  readonly what: string
  /** The command, before the path, that shows more of it. */
  readonly look: string
}[] = [
  { is: /^(gpt|PMBR|dos|mac|sun|bsd|sgi)$/, code: 'DISK_PARTITIONED', what: 'a partition table', look: 'lsblk' },
  { is: /^LVM[12]_member$/, code: 'DISK_LVM_MEMBER', what: 'an LVM physical volume', look: 'pvs' },
  { is: /_raid_member$/, code: 'DISK_RAID_MEMBER', what: 'a member of a RAID array', look: 'mdadm --examine' },
  { is: /^crypto_LUKS$/, code: 'DISK_ENCRYPTED', what: 'a LUKS container', look: 'cryptsetup luksDump' },
  { is: /^zfs_member$/, code: 'DISK_ZFS_MEMBER', what: 'a member of a ZFS pool', look: 'zdb -l' },
  { is: /^swap$/, code: 'DISK_SWAP', what: 'a swap area', look: 'wipefs --no-act' },
]

const otherFileSystem = {
  code: 'DISK_OTHER_FILE_SYSTEM',
  what: 'another file system',
  look: 'wipefs --no-act',
} as const

export function isPartitionTable(type: string): boolean {
  return kindOf(type).code === 'DISK_PARTITIONED'
}

/** The refusal of a disk with a signature that is not the configured file system's. */
export function refuseSignature(path: string, type: string): Refusal {
  const { code, what, look } = kindOf(type)
  return refusal(code, `${path} holds ${what} (${type})`, byHand(path, look))
}

/** Nothing here ever clears a disk; a person does, who knows what is on it. */
export function byHand(path: string, look: string): string {
  return (
    `look at it with: ${look} ${path}. If it is the wrong volume, correct dataVolume.volumeId; ` +
    `if nothing on it is needed any more, make the file system by hand (mkfs.ext4 ${path}) and run apply again`
  )
}

function kindOf(type: string) {
  return kinds.find((kind) => kind.is.test(type)) ?? otherFileSystem
}
