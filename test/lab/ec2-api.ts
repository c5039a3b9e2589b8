import { ZONE } from './addresses.ts'
import { AwsError } from './aws-error.ts'
import type { Attachment, Cloud } from './cloud.ts'
import { describeInstances, describeVolumes } from './ec2-answers.ts'
import { type Ec2Query, noInstance, noVolume, required } from './ec2-query.ts'
import type { XmlElements } from './xml.ts'

/** The few EC2 actions that an agent on an instance calls, answered from the cloud's books. */
export async function answerEc2(cloud: Cloud, query: Ec2Query): Promise<XmlElements> {
  switch (query.action) {
    case 'DescribeVolumes':
      return describeVolumes(cloud, query)
    case 'DescribeInstances':
      return describeInstances(cloud, query)
    case 'AttachVolume':
      return await attachVolume(cloud, query)
    case 'CreateTags':
      return createTags(cloud, query)
    default:
      throw new AwsError('InvalidAction', 400, `The action ${query.action} is not valid for this web service.`)
  }
}

async function attachVolume(cloud: Cloud, query: Ec2Query): Promise<XmlElements> {
  const volumeId = required(query, 'VolumeId')
  const instanceId = required(query, 'InstanceId')
  const device = required(query, 'Device')
  const volume = cloud.volumes.get(volumeId)
  if (volume === undefined) throw noVolume(volumeId)
  if (!cloud.instances.has(instanceId)) throw noInstance(instanceId)
  if (query.one('DryRun') === 'true') {
    throw new AwsError('DryRunOperation', 412, 'Request would have succeeded, but DryRun flag is set.')
  }
  if (volume.zone !== ZONE) {
    const words = `The volume '${volumeId}' is not in the same availability zone as instance '${instanceId}'`
    throw new AwsError('InvalidVolume.ZoneMismatch', 400, words)
  }
  if (volume.state === 'in-use') {
    throw new AwsError('VolumeInUse', 400, `${volumeId} is already attached to an instance`)
  }
  if (volume.state !== 'available') {
    throw new AwsError('IncorrectState', 400, `Volume '${volumeId}' is in the '${volume.state}' state.`)
  }
  if ([...cloud.volumes.values()].some(({ attachment }) => isAt(attachment, instanceId, device))) {
    const words = `Invalid value '${device}' for unixDevice. Attachment point ${device} is already in use`
    throw new AwsError('InvalidParameterValue', 400, words)
  }
  await cloud.attach(volumeId, instanceId, device)
  return { volumeId, instanceId, device, status: 'attaching', attachTime: new Date().toISOString() }
}

function isAt(attachment: Attachment | undefined, instanceId: string, device: string): boolean {
  return attachment?.instanceId === instanceId && attachment.device === device
}

function createTags(cloud: Cloud, query: Ec2Query): XmlElements {
  for (const resource of query.many('ResourceId')) {
    if (!cloud.instances.has(resource) && !cloud.volumes.has(resource)) throw noInstance(resource)
    const tags = cloud.tags.get(resource) ?? new Map<string, string>()
    for (let index = 1; ; index += 1) {
      const key = query.one(`Tag.${index}.Key`)
      if (key === undefined) break
      tags.set(key, query.one(`Tag.${index}.Value`) ?? '')
    }
    cloud.tags.set(resource, tags)
  }
  return { return: true }
}
