import { ACCOUNT, DOMAIN, privateName, ZONE } from './addresses.ts'
import { AwsError } from './aws-error.ts'
import type { AttachmentState, Cloud, Instance, InstanceState, Volume } from './cloud.ts'
import { ROOT_VOLUME } from './disk.ts'
import { type Ec2Query, noInstance, noVolume } from './ec2-query.ts'
import type { Xml, XmlElements } from './xml.ts'

const ROOT_DEVICE = '/dev/xvda'
const STATE_CODES: Readonly<Record<InstanceState, number>> = { running: 16, terminated: 48, stopped: 80 }

/** Element names as in the public EC2 API definition, version 2016-11-15. */
export function describeVolumes(cloud: Cloud, query: Ec2Query): XmlElements {
  const wanted = query.many('VolumeId')
  for (const volumeId of wanted) {
    if (!cloud.volumes.has(volumeId)) throw noVolume(volumeId)
  }
  const filters = query.filters()
  const volumes = [...cloud.volumes.values()]
    .filter(({ volumeId }) => wanted.length === 0 || wanted.includes(volumeId))
    .filter((volume) => [...filters].every(([name, values]) => values.includes(volumeField(volume, name))))
  return { volumeSet: volumes.map((volume) => volumeItem(cloud, volume)) }
}

function volumeField(volume: Volume, filter: string): string {
  switch (filter) {
    case 'attachment.instance-id':
      return volume.attachment?.instanceId ?? ''
    case 'attachment.device':
      return volume.attachment?.device ?? ''
    case 'attachment.status':
      return volume.attachment?.state ?? ''
    case 'status':
      return volume.state
    case 'volume-id':
      return volume.volumeId
    default:
      throw new AwsError('InvalidParameterValue', 400, `The filter '${filter}' is invalid`)
  }
}

function volumeItem(cloud: Cloud, { volumeId, sizeGiB, snapshotId = '', zone, state, attachment }: Volume): Xml {
  return {
    volumeId,
    size: sizeGiB,
    snapshotId,
    availabilityZone: zone,
    status: state,
    createTime: '2026-01-01T00:00:00.000Z',
    attachmentSet:
      attachment === undefined
        ? []
        : [
            {
              volumeId,
              instanceId: attachment.instanceId,
              device: attachment.device,
              status: attachment.state,
              attachTime: attachment.attachTime,
              deleteOnTermination: false,
            },
          ],
    tagSet: tagSet(cloud, volumeId),
    volumeType: 'gp3',
    encrypted: true,
  }
}

export function describeInstances(cloud: Cloud, query: Ec2Query): XmlElements {
  const wanted = query.many('InstanceId')
  for (const instanceId of wanted) {
    if (!cloud.instances.has(instanceId)) throw noInstance(instanceId)
  }
  const filters = query.filters()
  const instances = [...cloud.instances.values()]
    .filter(({ instanceId }) => wanted.length === 0 || wanted.includes(instanceId))
    .filter((instance) => [...filters].every(([name, values]) => values.includes(instanceField(cloud, instance, name))))
  return {
    reservationSet: instances.map((instance) => ({
      reservationId: 'r-0123456789abcdef0',
      ownerId: ACCOUNT,
      groupSet: [],
      instancesSet: [instanceItem(cloud, instance)],
    })),
  }
}

function instanceField(cloud: Cloud, instance: Instance, filter: string): string {
  if (filter.startsWith('tag:')) return cloud.tags.get(instance.instanceId)?.get(filter.slice('tag:'.length)) ?? ''
  switch (filter) {
    case 'instance-id':
      return instance.instanceId
    case 'instance-state-name':
      return instance.state
    case 'private-ip-address':
      return instance.address
    default:
      throw new AwsError('InvalidParameterValue', 400, `The filter '${filter}' is invalid`)
  }
}

function instanceItem(cloud: Cloud, { instanceId, instanceType, address, launchTime, state }: Instance): Xml {
  const attached = [...cloud.volumes.values()].filter(({ attachment }) => attachment?.instanceId === instanceId)
  return {
    instanceId,
    imageId: 'ami-0123456789abcdef0',
    instanceState: { code: STATE_CODES[state], name: state },
    privateDnsName: `${privateName(address)}.${DOMAIN}`,
    instanceType,
    launchTime,
    placement: { availabilityZone: ZONE, tenancy: 'default' },
    subnetId: 'subnet-0123456789abcdef0',
    vpcId: 'vpc-0123456789abcdef0',
    privateIpAddress: address,
    architecture: 'x86_64',
    rootDeviceType: 'ebs',
    rootDeviceName: ROOT_DEVICE,
    blockDeviceMapping: [
      mapping(ROOT_DEVICE, ROOT_VOLUME, 'attached', launchTime),
      ...attached.flatMap(({ volumeId, attachment }) =>
        attachment === undefined ? [] : [mapping(attachment.device, volumeId, attachment.state, attachment.attachTime)],
      ),
    ],
    tagSet: tagSet(cloud, instanceId),
  }
}

function mapping(deviceName: string, volumeId: string, status: AttachmentState, attachTime: string): Xml {
  return { deviceName, ebs: { volumeId, status, attachTime, deleteOnTermination: deviceName === ROOT_DEVICE } }
}

function tagSet(cloud: Cloud, resource: string): Xml {
  return [...(cloud.tags.get(resource) ?? [])].map(([key, value]) => ({ key, value }))
}
