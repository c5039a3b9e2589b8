import { type Disk, mountPointsOf, type Survey } from './disk-survey.ts'
import { type Refusal, refusal } from './refusal.ts'

/** What is known of the data volume before it is seen. */
export interface Wanted {
  readonly volumeId: string
  /** As given to EC2, or a path that was seen. */
  readonly deviceName: string
}

export type Choice = { readonly is: 'absent' } | { readonly is: 'found'; readonly disk: Disk } | Refusal

/** The one disk that is proved to be the data volume. */
export function chooseDisk(survey: Survey, wanted: Wanted): Choice {
  const candidates = candidatesFor(survey.disks, wanted)
  const [disk, ...others] = candidates
  if (disk === undefined) return { is: 'absent' }
  const named = `${disk.path} (${wanted.volumeId})`
  if (others.length > 0) {
    const list = candidates.map(({ path, model }) => `${path} (${model ?? 'no model'})`).join(', ')
    return refusal(
      'DISK_AMBIGUOUS',
      `${list} all claim to be ${wanted.volumeId}`,
      'detach the wrong ones: lsblk --output NAME,SERIAL,MODEL shows them',
    )
  }
  if (disk.type !== 'disk') {
    return refusal(
      'DISK_AMBIGUOUS',
      `${named} is of type ${disk.type}, not a whole disk`,
      'look at it with lsblk; only whole disks are used',
    )
  }
  if (disk.model?.startsWith('Amazon') && disk.model !== 'Amazon Elastic Block Store') {
    return refusal(
      'DISK_NOT_EBS',
      `${named} is an "${disk.model}"`,
      'set dataVolume.volumeId to the ID of an EBS volume',
    )
  }
  if (mountPointsOf(disk, survey.mounts).includes('/')) {
    return refusal(
      'DISK_IS_ROOT',
      `${named} carries the root file system`,
      'set dataVolume.volumeId to the ID of the data volume',
    )
  }
  return { is: 'found', disk }
}

/**
 * The serial proves. Where disks have none (Xen), the kernel takes over the name given at the attachment, with xvd
 * for sd. A disk that the kernel itself calls sd is none of EC2's (iSCSI), and never taken by its name.
 */
function candidatesFor(disks: readonly Disk[], { volumeId, deviceName }: Wanted): readonly Disk[] {
  const serial = volumeId.replace('-', '')
  const bySerial = disks.filter((disk) => disk.serial === serial)
  if (bySerial.length > 0) return bySerial
  const name = kernelName(deviceName)
  return disks.filter((disk) => disk.name === name && disk.serial === undefined)
}

/** The ID that the serial of an EBS volume tells; undefined where the disk is something else. */
export function volumeIdOf({ serial }: Pick<Disk, 'serial'>): string | undefined {
  const digits = /^vol([0-9a-f]+)$/.exec(serial ?? '')?.[1]
  return digits && `vol-${digits}`
}

/** Xen's own disks are no PCI devices, and have names of its own. */
export function isXen({ disks }: Survey): boolean {
  return disks.some(({ name }) => name.startsWith('xvd'))
}

/** What the kernel calls a disk on Xen that was attached under this name. */
export function kernelName(deviceName: string): string {
  return deviceName.replace(/^(?:\/dev\/)?(?:sd|xvd)/, 'xvd')
}
