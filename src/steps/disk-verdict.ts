import type { FileSystem, FormatIntent } from '../engine/action.ts'
import type { Probe } from '../formats/blkid.ts'
import type { Superblock } from '../formats/superblock.ts'
import type { Contents, Signed, Unsigned, Zeros } from './disk-contents.ts'
import { isPartitionTable, lookWith, refuseSignature } from './disk-signatures.ts'
import type { Disk } from './disk-survey.ts'
import { type Refusal, refusal } from './refusal.ts'
import { type Holds, objectionToFeatures, soundnessOf } from './soundness.ts'

/** What makes it right to format. */
export type Formattable =
  | { readonly is: 'blank' }
  /** A file system that a run of ours began on the blank disk and did not finish. */
  | { readonly is: 'half-made'; readonly intent: FormatIntent }

/** What follows from what is on the disk. Only a refusal can be overcome, by a person's consent. */
export type Verdict = Formattable | Holds | Refusal

/** `intent` is one for this volume, written by this instance. */
export function verdictOf(
  disk: Pick<Disk, 'path' | 'sizeBytes'>,
  contents: Contents,
  fileSystem: FileSystem,
  intent: FormatIntent | undefined,
): Verdict {
  return contents.is === 'signed'
    ? verdictOfSigned(disk, contents, fileSystem, intent)
    : verdictOfUnsigned(disk.path, contents, intent)
}

/**
 * What follows from a disk without a signature. An XFS of ours has one almost from the start; once that is zeroed, for it
 * to be made again, the places that mkfs.ext4 never writes are free of it too: on volumes of whole GiB its allocation
 * groups begin where block groups of ext4 do.
 *
 * mkfs.ext4 syncs all that it wrote, and then writes the superblock (libext2fs, ext2fs_flush2): a half-made file
 * system has no signature, and one that has it is whole. The backups, as far as written, carry the intent's UUID.
 */
function verdictOfUnsigned(
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
  return refusal('DISK_NOT_BLANK', because, lookWith(`hexdump -C -n 512 -s ${at}`, path))
}

/** The UUID is all that tells: a backup may have been cut off while it was written. */
function isOurs(backup: Superblock, intent: FormatIntent | undefined): boolean {
  return intent !== undefined && 'uuid' in backup && backup.uuid === intent.uuid
}

function wordsForBackup(backup: Superblock): string {
  if ('uuid' in backup && backup.uuid !== undefined) return ` with UUID ${backup.uuid}`
  return 'because' in backup ? ` (${backup.because})` : ''
}

/**
 * What follows from a disk on which something is. Only one thing that all agree on, whole and as configured, is taken.
 *
 * mkfs.xfs writes a superblock that says `inprogress` early, and takes that back when all else is on the disk: it writes
 * with O_DIRECT, and empties its own cache before. EBS has no cache that a power cut could empty in another order. The
 * kernel never mounts one that is in progress.
 */
function verdictOfSigned(
  disk: Pick<Disk, 'path' | 'sizeBytes'>,
  { signatures, probe, superblock, pageBytes }: Signed,
  fileSystem: FileSystem,
  intent: FormatIntent | undefined,
): Verdict {
  const { path } = disk
  const types = [...new Set(signatures.map((signature) => signature.type))]
  const [type, ...others] = types
  const table = types.find(isPartitionTable)
  if (table !== undefined) {
    // NTFS, exFAT, BitLocker and UDF begin with a boot sector, whose last bytes libblkid takes for an MBR as well.
    const inside = table === 'dos' ? types.find((name) => name !== table && name !== fileSystem) : undefined
    return refuseSignature(path, inside ?? table)
  }
  const verdict = type === fileSystem && others.length === 0 ? soundnessOf(path, fileSystem, superblock) : undefined
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
    return refusal('DISK_SIGNATURES_AMBIGUOUS', because, lookWith('wipefs --no-act', path))
  }
  if (verdict === undefined) return refuseSignature(path, type)
  if (superblock.is === 'unfinished' && intent !== undefined && superblock.uuid === intent.uuid)
    return { is: 'half-made', intent }
  if (verdict.is === 'refuse' || superblock.is !== 'readable') return verdict
  return objectionToFeatures(disk, fileSystem, superblock, pageBytes) ?? verdict
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
