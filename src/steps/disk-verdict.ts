import type { FormatIntent } from '../engine/action.ts'
import type { Probe } from '../formats/blkid.ts'
import type { Superblock } from '../formats/dumpe2fs.ts'
import type { Signed, Unsigned, Zeros } from './disk-contents.ts'
import { byHand, isPartitionTable, refuseSignature } from './disk-signatures.ts'
import type { Disk } from './disk-survey.ts'
import { type Holds, objectionToFeatures, soundnessOf } from './ext4-soundness.ts'
import { type Refusal, refusal } from './refusal.ts'

/** Without a signature: what makes it right to format. */
export type Formattable =
  | { readonly is: 'blank' }
  /** A file system that a run of ours began on the blank disk and did not finish. */
  | { readonly is: 'half-made'; readonly intent: FormatIntent }

/**
 * What follows from a disk without a signature. `intent` is one for this volume, written by this instance.
 *
 * mkfs.ext4 syncs all that it wrote, and then writes the superblock (libext2fs, ext2fs_flush2): a half-made file
 * system has no signature, and one that has it is whole. The backups, as far as written, carry the intent's UUID.
 */
export function verdictOfUnsigned(
  path: string,
  contents: Zeros | Unsigned,
  intent: FormatIntent | undefined,
): Formattable | Refusal {
  if (contents.is === 'zeros') return { is: 'blank' }
  const { nonZeroAt, strayAt, backups } = contents
  const foreign = backups.find((backup) => backup.is !== 'absent' && !isOurs(backup, intent))
  if (foreign !== undefined) {
    const because = `${path} has no superblock, but a backup of one${wordsForBackup(foreign)}`
    const hint = `take a snapshot of the volume, then try e2fsck -n -b with the block of a backup (mke2fs -n ${path} lists them)`
    return refusal('DISK_FILE_SYSTEM_DAMAGED', because, hint)
  }
  if (intent !== undefined && strayAt === undefined) return { is: 'half-made', intent }
  const at = intent === undefined ? nonZeroAt : (strayAt ?? nonZeroAt)
  const because = `${path} has no known signature, but is not blank: the byte at offset ${at} is not zero`
  return refusal('DISK_NOT_BLANK', because, byHand(path, `hexdump -C -n 512 -s ${at}`))
}

/** The UUID is all that tells: a backup may have been cut off while it was written. */
function isOurs(backup: Superblock, intent: FormatIntent | undefined): boolean {
  return intent !== undefined && 'uuid' in backup && backup.uuid === intent.uuid
}

function wordsForBackup(backup: Superblock): string {
  if ('uuid' in backup && backup.uuid !== undefined) return ` with UUID ${backup.uuid}`
  return 'because' in backup ? ` (${backup.because})` : ''
}

/** What follows from a disk on which something is. Only one thing that all agree on, whole and as configured, is taken. */
export function verdictOfSigned(
  disk: Pick<Disk, 'path' | 'sizeBytes'>,
  { signatures, probe, superblock, pageBytes }: Signed,
  fileSystem: string,
): Holds | Refusal {
  const { path } = disk
  const types = [...new Set(signatures.map((signature) => signature.type))]
  const [type, ...others] = types
  const table = types.find(isPartitionTable)
  if (table !== undefined) {
    // NTFS, exFAT, BitLocker and UDF begin with a boot sector, whose last bytes libblkid takes for an MBR as well.
    const inside = table === 'dos' ? types.find((name) => name !== table && name !== fileSystem) : undefined
    return refuseSignature(path, inside ?? table)
  }
  const verdict = type === fileSystem && others.length === 0 ? soundnessOf(path, superblock) : undefined
  // From util-linux 2.39 on wipefs shows a superblock whose checksum is wrong, and blkid does not.
  if (probe.is === 'nothing' && verdict?.is === 'refuse') return verdict
  if (
    type === undefined ||
    others.length > 0 ||
    probe.is !== 'found' ||
    probe.type !== type ||
    probe.partitionTable !== undefined
  ) {
    const seen = signatures.map(({ type: name, offset }) => `${name} at ${offset}`).join(', ') || 'nothing'
    const because = `wipefs and blkid do not agree on one thing on ${path}: ${seen}; ${wordsFor(probe)}`
    return refusal('DISK_SIGNATURES_AMBIGUOUS', because, byHand(path, 'wipefs --no-act'))
  }
  if (verdict === undefined) return refuseSignature(path, type)
  if (verdict.is === 'refuse' || superblock.is !== 'readable') return verdict
  return objectionToFeatures(disk, superblock, pageBytes) ?? verdict
}

function wordsFor(probe: Probe): string {
  switch (probe.is) {
    case 'nothing':
      return 'nothing'
    case 'ambivalent':
      return 'an ambivalent result'
    case 'found':
      return probe.type ?? probe.partitionTable ?? 'something without a type'
  }
}
