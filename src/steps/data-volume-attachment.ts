import type { Decision } from '../engine/decision.ts'
import type { VolumeFacts } from '../engine/host.ts'
import { type Ec2Facts, isLeaving, waitForAttachment, waitForDetachment } from './data-volume-ec2.ts'
import { kernelName, type Wanted } from './disk-identity.ts'
import type { Disk } from './disk-survey.ts'
import { waitForEc2 } from './ec2-wait.ts'
import { type Refusal, refusal } from './refusal.ts'

/**
 * What EC2 says against this disk being used at all, empty or not. Where it may not or cannot be asked, the serial must
 * do; what it does not answer now, it may in a moment.
 */
export function objectionToUse({ volumeId, deviceName }: Wanted, disk: Disk, facts: Ec2Facts): Decision | undefined {
  const { volume: answer, instanceId: mine } = facts
  if (answer.is === 'throttled' || answer.is === 'unanswered') {
    const lacking = `it is not known whether another instance uses ${volumeId}`
    return waitForEc2(lacking, 'ec2:DescribeVolumes', answer)
  }
  if (answer.is !== 'known') return undefined
  const volume = answer.value
  const here = volume?.attachments.find(({ instanceId }) => instanceId === mine)
  const others = volume?.attachments.filter(({ instanceId }) => instanceId !== mine) ?? []
  const users = others.filter((attachment) => !isLeaving(attachment)).map(({ instanceId }) => instanceId)
  if (users.length > 0) {
    const is = `${disk.path} (${volumeId}) is here, but EC2 says that it is attached to ${users.join(', ')}`
    // EC2's answers lag behind: what has just been moved here is still shown where it was.
    if (here === undefined) return { is: 'wait', code: 'DATA_VOLUME_IN_USE', for: is }
    const hint = 'a volume with multi-attach cannot hold this file system; detach it from the other instance'
    return refusal('DISK_SHARED', is, hint)
  }
  const [leaving] = others
  if (leaving !== undefined) return waitForDetachment(volumeId, leaving.state, leaving.instanceId)
  // As they lag behind the attachment that the kernel already shows.
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

/** Without a serial, EC2 alone can confirm which volume the disk is. */
export function objectionToGuess(volumeId: string, { path, serial }: Disk, { volume }: Ec2Facts): Decision | undefined {
  if (serial !== undefined || volume.is === 'known') return undefined
  return waitForEc2(`${path} has no serial that would prove it to be ${volumeId}`, 'ec2:DescribeVolumes', volume)
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
