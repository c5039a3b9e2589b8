import type { Config } from '../config/schema.ts'
import type { Decision } from '../engine/decision.ts'
import { type Ec2Facts, whyNotAttached } from './data-volume-ec2.ts'
import { kernelName } from './disk-identity.ts'
import type { Disk } from './disk-survey.ts'
import { refusal } from './refusal.ts'

/** What EC2 says of the attachments against this disk being used at all, empty or not. */
export function objectionToUse(
  { volumeId, deviceName }: Pick<Config['dataVolume'], 'volumeId' | 'deviceName'>,
  disk: Disk,
  facts: Ec2Facts,
): Decision | undefined {
  if (facts.volume.is !== 'known') return undefined
  const attachments = facts.volume.value?.attachments ?? []
  const named = `${disk.path} (${volumeId})`
  const others = attachments.filter(({ instanceId }) => instanceId !== facts.instanceId)
  if (others.length > 0) {
    const instances = others.map(({ instanceId }) => instanceId).join(', ')
    return refusal(
      'DISK_SHARED',
      `${named} is here, but EC2 says that it is attached to ${instances}`,
      'a volume with multi-attach cannot hold this file system; detach it from the other instance',
    )
  }
  const [here] = attachments
  // EC2's answers lag behind the attachment that the kernel already shows.
  if (here === undefined) {
    return { is: 'wait', code: 'DATA_VOLUME_NOT_ATTACHED', for: whyNotAttached(volumeId, facts) }
  }
  // Without a serial the name is all that ties the disk to the volume.
  const isOther = here.deviceName !== undefined && kernelName(here.deviceName) !== kernelName(deviceName)
  if (disk.serial === undefined && isOther) {
    return refusal(
      'DISK_NAME_DIFFERS',
      `${disk.path} was taken for ${volumeId} by its name, but EC2 attached that as ${here.deviceName}`,
      `set dataVolume.deviceName to ${here.deviceName}`,
    )
  }
  return undefined
}
