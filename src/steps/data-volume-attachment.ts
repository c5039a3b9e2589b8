import type { Decision } from '../engine/decision.ts'
import type { VolumeFacts } from '../engine/host.ts'
import { type Ec2Facts, isLeaving, waitForAttachment, waitForDetachment } from './data-volume-ec2.ts'
import { kernelName, type Wanted } from './disk-identity.ts'
import type { Disk } from './disk-survey.ts'
import { type Refusal, refusal } from './refusal.ts'

/** What EC2 says against this disk being used at all, empty or not. */
export function objectionToUse({ volumeId, deviceName }: Wanted, disk: Disk, facts: Ec2Facts): Decision | undefined {
  if (facts.volume.is !== 'known') return undefined
  const volume = facts.volume.value
  const attachments = volume?.attachments ?? []
  const others = attachments.filter(({ instanceId }) => instanceId !== facts.instanceId)
  if (others.length > 0) {
    const instances = others.map(({ instanceId }) => instanceId).join(', ')
    return refusal(
      'DISK_SHARED',
      `${disk.path} (${volumeId}) is here, but EC2 says that it is attached to ${instances}`,
      'a volume with multi-attach cannot hold this file system; detach it from the other instance',
    )
  }
  const [here] = attachments
  // EC2's answers lag behind the attachment that the kernel already shows.
  if (volume === undefined || here === undefined) return waitForAttachment(volumeId, volume)
  if (isLeaving(here)) return waitForDetachment(volumeId, here.state, 'this instance')
  if (disk.serial !== undefined) return undefined
  // Without a serial the name is all that ties the disk to the volume.
  if (here.deviceName !== undefined && kernelName(here.deviceName) !== kernelName(deviceName)) {
    return refusal(
      'DISK_NAME_DIFFERS',
      `${disk.path} was taken for ${volumeId} by its name, but EC2 attached that as ${here.deviceName}`,
      `set dataVolume.deviceName to ${here.deviceName}`,
    )
  }
  return otherSize(volumeId, disk, volume)
}

/** Where the size that the kernel sees is not the one that EC2 gives. */
export function otherSize(volumeId: string, disk: Disk, { sizeBytes }: VolumeFacts): Refusal | undefined {
  if (sizeBytes === disk.sizeBytes) return undefined
  return refusal(
    'DISK_SIZE_DIFFERS',
    `${disk.path} (${volumeId}) has ${disk.sizeBytes} bytes, but EC2 says ${sizeBytes}`,
    'is the volume being enlarged? Run apply again when that has ended; else compare the serials of lsblk with EC2',
  )
}
