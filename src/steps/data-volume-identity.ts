import { basename } from 'node:path'
import type { FrontendConfig } from '../config/frontend-schema.ts'
import type { Decision } from '../engine/decision.ts'
import type { BlockDeviceMapping, Host } from '../engine/host.ts'
import { type Asked, asked } from './asked.ts'
import { kernelName, volumeIdOf, type Wanted } from './disk-identity.ts'
import type { Disk, Survey } from './disk-survey.ts'
import { waitForEc2 } from './ec2-wait.ts'
import { ownItem } from './own-item.ts'
import { refusal } from './refusal.ts'

/** The configured data volume, once it is known which volume that is. */
export type Identified = FrontendConfig['dataVolume'] & Wanted

export type Identity =
  | { readonly is: 'known'; readonly wanted: Wanted }
  | { readonly is: 'unknown'; readonly decision: Decision }

/** Beside a volume ID, where there is no other: the first of the names that EC2 recommends for data volumes. */
const usualDeviceName = '/dev/sdf'

/**
 * The volume ID: from the configuration, else from what EC2 and udev know of the device name. One of the two is in every
 * configuration that was checked.
 */
export async function identify(
  { volumeId, deviceName = usualDeviceName }: Pick<FrontendConfig['dataVolume'], 'volumeId' | 'deviceName'>,
  survey: Survey,
  host: Host,
  signal: AbortSignal,
): Promise<Identity> {
  if (volumeId !== undefined) return { is: 'known', wanted: { volumeId, deviceName } }
  const [linked, mappings] = await Promise.all([linkedDisks(deviceName, survey, host), askForMappings(host, signal)])
  return identityBehind(deviceName, mappings, linked)
}

async function askForMappings(host: Host, signal: AbortSignal): Promise<Asked<readonly BlockDeviceMapping[]>> {
  const instanceId = await ownItem('instance-id', 'the ID', host, signal)
  return await asked(host.blockDevices(instanceId, signal), signal)
}

/**
 * Where amazon-ec2-utils is installed, its udev rules read the name that was given at the attachment from the vendor
 * part of the NVMe identify data, and link it to the disk. A link to a disk without serial is Xen's, and proves nothing.
 */
async function linkedDisks(deviceName: string, { disks }: Survey, host: Host): Promise<readonly Disk[]> {
  const xenName = `/dev/${kernelName(deviceName)}`
  const links = await Promise.all([host.stat(xenName.replace('/dev/xvd', '/dev/sd')), host.stat(xenName)])
  const targets = links.flatMap((link) => link?.target ?? []).map((target) => basename(target))
  return disks.filter(({ name, serial }) => serial !== undefined && targets.includes(name))
}

/** EC2 says which volume it is, and udev's link must agree; alone, the link is believed where EC2 may not be asked. */
export function identityBehind(
  deviceName: string,
  mappings: Asked<readonly BlockDeviceMapping[]>,
  linked: readonly Disk[],
): Identity {
  const [link, ...otherLinks] = linked
  if (link !== undefined && otherLinks.length > 0) {
    const because = `the links of udev for ${deviceName} lead to more than one disk: ${pathsOf(linked)}`
    return unknown(refusal('DISK_AMBIGUOUS', because, byId))
  }
  if (mappings.is === 'known') return identityMapped(deviceName, mappings.value, link)
  const mayAnswerYet = mappings.is === 'throttled' || mappings.is === 'unanswered'
  if (link !== undefined && !mayAnswerYet) return identityLinked(deviceName, link)
  return unknown(waitForEc2(`it is not known which volume ${deviceName} is`, 'ec2:DescribeInstances', mappings))
}

const byId = 'set dataVolume.volumeId to the ID of the data volume'

function identityMapped(deviceName: string, mappings: readonly BlockDeviceMapping[], link: Disk | undefined): Identity {
  const same = mappings.filter((mapping) => kernelName(mapping.deviceName) === kernelName(deviceName))
  const [mapping, ...others] = same
  // EC2's answers lag behind the attachment that the link already shows.
  if (mapping === undefined) {
    const reason = `according to EC2, nothing is attached to this instance as ${deviceName}`
    return unknown({ is: 'wait', code: 'DATA_VOLUME_NOT_ATTACHED', for: reason })
  }
  if (others.length > 0) {
    const list = same.map((one) => `${one.volumeId} as ${one.deviceName}`).join(', ')
    return unknown(refusal('DISK_AMBIGUOUS', `EC2 has more than one volume attached as ${deviceName}: ${list}`, byId))
  }
  if (link !== undefined && volumeIdOf(link) !== mapping.volumeId) {
    const because = `${deviceName} is ${mapping.volumeId} according to EC2, but udev links it to ${described(link)}`
    return unknown(refusal('DISK_IDENTITY_DIFFERS', because, byId))
  }
  return { is: 'known', wanted: { volumeId: mapping.volumeId, deviceName } }
}

function identityLinked(deviceName: string, link: Disk): Identity {
  const volumeId = volumeIdOf(link)
  if (volumeId !== undefined) return { is: 'known', wanted: { volumeId, deviceName } }
  const because = `udev links ${deviceName} to ${described(link)}, which is no EBS volume`
  return unknown(refusal('DISK_NOT_EBS', because, byId))
}

function unknown(decision: Decision): Identity {
  return { is: 'unknown', decision }
}

function described({ path, serial }: Disk): string {
  return `${path} (serial ${serial})`
}

function pathsOf(disks: readonly Disk[]): string {
  return disks.map(described).join(', ')
}
