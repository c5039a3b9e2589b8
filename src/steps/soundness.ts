import type { FileSystem } from '../engine/action.ts'
import type { ReadableSuperblock, Superblock } from '../formats/superblock.ts'
import type { Disk } from './disk-survey.ts'
import { fileSystems } from './file-systems.ts'
import { type Refusal, refusal } from './refusal.ts'

/** The configured file system, whole. */
export interface Holds {
  readonly is: 'holds'
  readonly uuid: string
  readonly label: string | undefined
  /** Of the file system. */
  readonly sizeBytes: number
}

/** The file system with its names, or why it cannot be trusted, mounted or not. */
export function soundnessOf(path: string, fileSystem: FileSystem, superblock: Superblock): Holds | Refusal {
  const { checkCommand, mendCommand, newUuidCommand } = fileSystems[fileSystem]
  const check = `check it by hand: ${checkCommand} ${path}; to mend it, ${mendCommand} ${path}`
  const hint = `take a snapshot of the volume, ${whileUnmounted(check)}`
  if (superblock.is === 'absent') {
    return refusal('DISK_FILE_SYSTEM_DAMAGED', `${path} has no superblock where ${fileSystem} keeps it`, hint)
  }
  if (superblock.is === 'unfinished') {
    const because = `the ${fileSystem} on ${path} is not finished: its mkfs was cut off, or is at work elsewhere`
    return refusal('DISK_FILE_SYSTEM_DAMAGED', because, 'wait for that mkfs; if it was cut off, there is no data on it')
  }
  if (superblock.is === 'unsupported') {
    return unsupported(`the tools of this machine cannot read the file system of ${path}: ${superblock.because}`)
  }
  if (superblock.is === 'unreadable') {
    return refusal('DISK_FILE_SYSTEM_DAMAGED', `the superblock of ${path} is no good: ${superblock.because}`, hint)
  }
  if (superblock.hasErrors) {
    return refusal('DISK_FILE_SYSTEM_DAMAGED', `the file system of ${path} says itself that it has errors`, hint)
  }
  const { uuid, label } = superblock
  if (uuid === undefined) {
    const because = `the file system of ${path} has no UUID, by which /etc/fstab could name it`
    return refusal('DISK_WITHOUT_UUID', because, `give it one: ${newUuidCommand} ${path}`)
  }
  return { is: 'holds', uuid, label, sizeBytes: superblock.sizeBytes }
}

/** For a person: what to do about the volume while neither the agent mounts it nor a daemon holds it. */
export function whileUnmounted(work: string): string {
  return `stop slurm-node-agent.timer, nfs-server and what keeps its data on it, unmount it, and ${work}; then run apply and start the timer`
}

/** Why the kernel would not mount a sound file system, or not for writing. A mount unit that fails says none of it. */
export function objectionToFeatures(
  { path, sizeBytes }: Pick<Disk, 'path' | 'sizeBytes'>,
  fileSystem: FileSystem,
  superblock: ReadableSuperblock,
  pageBytes: number,
): Refusal | undefined {
  if (superblock.sizeBytes > sizeBytes) {
    const because = `the file system of ${path} has ${superblock.sizeBytes} bytes, but the disk only ${sizeBytes}: its end is missing`
    const hint =
      `do not have it repaired to fit ${path}, to which it was copied though that is too small: ` +
      'make a volume of its size from the original or a snapshot, or correct dataVolume.volumeId'
    return refusal('DISK_FILE_SYSTEM_CUT_SHORT', because, hint)
  }
  if (superblock.externalJournal !== undefined) {
    const because = `the file system of ${path} has its journal on another device, ${superblock.externalJournal}`
    return refusal('DISK_JOURNAL_ELSEWHERE', because, fileSystems[fileSystem].journalHint(path))
  }
  const { unknownFeatures } = superblock
  if (unknownFeatures.length > 0) {
    return unsupported(`the file system of ${path} has features that are not known here: ${unknownFeatures.join(', ')}`)
  }
  if (superblock.isMarkedReadOnly) {
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
