import type { ReadableSuperblock, Superblock } from '../formats/dumpe2fs.ts'
import type { Disk } from './disk-survey.ts'
import { type Refusal, refusal } from './refusal.ts'

/** The configured file system, whole. */
export interface Holds {
  readonly is: 'holds'
  readonly uuid: string
  readonly label: string | undefined
}

/** The file system with its names, or why it cannot be trusted, mounted or not. */
export function soundnessOf(path: string, superblock: Superblock): Holds | Refusal {
  const hint = `take a snapshot of the volume, then check it unmounted, by hand: e2fsck -n ${path}, and without -n to mend it`
  if (superblock.is === 'absent') {
    return refusal('DISK_FILE_SYSTEM_DAMAGED', `${path} has no superblock where ext4 keeps it`, hint)
  }
  if (superblock.is === 'unsupported') {
    return unsupported(`the tools of this machine cannot read the file system of ${path}: ${superblock.because}`)
  }
  if (superblock.is === 'unreadable') {
    return refusal('DISK_FILE_SYSTEM_DAMAGED', `the superblock of ${path} is no good: ${superblock.because}`, hint)
  }
  if (superblock.hasErrors) {
    return refusal('DISK_FILE_SYSTEM_DAMAGED', `the file system of ${path} has its error flag set`, hint)
  }
  const { uuid, label } = superblock
  if (uuid === undefined) {
    const because = `the file system of ${path} has no UUID, by which /etc/fstab could name it`
    return refusal('DISK_WITHOUT_UUID', because, `give it one: tune2fs -U random ${path}`)
  }
  return { is: 'holds', uuid, label }
}

/** Why the kernel would not mount a sound file system, or not for writing. A mount unit that fails says none of it. */
export function objectionToFeatures(
  { path, sizeBytes }: Pick<Disk, 'path' | 'sizeBytes'>,
  superblock: ReadableSuperblock,
  pageBytes: number,
): Refusal | undefined {
  if (superblock.sizeBytes > sizeBytes) {
    const because = `the file system of ${path} has ${superblock.sizeBytes} bytes, but the disk only ${sizeBytes}: its end is missing`
    const hint =
      `do not let e2fsck make it fit ${path}, to which it was copied though that is too small: ` +
      'make a volume of its size from the original or a snapshot, or correct dataVolume.volumeId'
    return refusal('DISK_FILE_SYSTEM_CUT_SHORT', because, hint)
  }
  if (superblock.externalJournal !== undefined) {
    const because = `the file system of ${path} has its journal on another device, ${superblock.externalJournal}`
    const hint =
      'what was written last may be in there alone. Attach that device (blkid shows its UUID), let e2fsck replay it, ' +
      `and take the journal in: tune2fs -O ^has_journal ${path}, tune2fs -j ${path}`
    return refusal('DISK_JOURNAL_ELSEWHERE', because, hint)
  }
  const unknown = superblock.features.filter((feature) => /^FEATURE_[IR]/.test(feature))
  if (unknown.length > 0) {
    return unsupported(`the file system of ${path} has features that are not known here: ${unknown.join(', ')}`)
  }
  if (superblock.features.includes('read-only')) {
    const because = `the file system of ${path} is marked as read-only`
    return refusal('DATA_VOLUME_READ_ONLY', because, `if it is to be written, tune2fs -O ^read-only ${path}`)
  }
  if (superblock.blockBytes > pageBytes) {
    const sizes = `blocks of ${superblock.blockBytes} bytes, more than a page of this machine's memory, ${pageBytes}`
    return unsupported(`the file system of ${path} has ${sizes}`)
  }
  return undefined
}

function unsupported(because: string): Refusal {
  const hint =
    'it was made on another system, or a newer one: mount it there and copy the data, ' +
    'run this instance on an image as new as that, or correct dataVolume.volumeId'
  return refusal('DISK_FEATURES_UNSUPPORTED', because, hint)
}
