import type { EC2Client, InstanceBlockDeviceMapping, Volume, VolumeAttachment } from '@aws-sdk/client-ec2'
import type { AttachmentRequest } from '../../src/engine/action.ts'
import type { Answer, Attachment, BlockDeviceMapping, Host, VolumeFacts } from '../../src/engine/host.ts'
import { answer, awsAccess, isNamed, present, type Sdk, wordsOf } from './aws.ts'
import type { Stale } from './file-actions.ts'
import { type Metadata, metadata } from './metadata.ts'

interface Ec2 extends Pick<Host, 'volume' | 'blockDevices' | 'instanceStates' | 'mayAttach'> {
  /** Throws when EC2 refuses. */
  readonly attachVolume: (request: AttachmentRequest, signal: AbortSignal) => Promise<Stale>
  readonly tagInstance: (instanceId: string, tag: Tag, signal: AbortSignal) => Promise<Answer<true>>
}

interface Tag {
  readonly key: string
  readonly value: string
}

type Call<T> = (ec2: EC2Client, sdk: Sdk, options: { readonly abortSignal: AbortSignal }) => Promise<T>

/** What EC2 says, and the two things that it is told to do. */
export function ec2Behind(instance: Metadata): Ec2 {
  return {
    volume: (volumeId, signal) => answer(() => calling(describeVolume(volumeId), signal), signal),
    blockDevices: (instanceId, signal) => answer(() => calling(describeBlockDevices(instanceId), signal), signal),
    instanceStates: (instanceIds, signal) => answer(() => calling(describeStates(instanceIds), signal), signal),
    mayAttach: (request, signal) => answer(() => calling(tryAttach(request), signal), signal),
    attachVolume: (request, signal) => calling(attach(request), signal),
    tagInstance: (instanceId, tag, signal) => answer(() => calling(createTag(instanceId, tag), signal), signal),
  }

  async function calling<T>(call: Call<T>, signal: AbortSignal): Promise<T> {
    const { sdk, settings } = await awsAccess(instance, signal)
    const client = new sdk.EC2Client(settings)
    try {
      return await call(client, sdk, { abortSignal: signal })
    } finally {
      client.destroy()
    }
  }
}

export const { volume, blockDevices, instanceStates, mayAttach, attachVolume, tagInstance } = ec2Behind(metadata)

function describeVolume(id: string): Call<VolumeFacts | undefined> {
  return async (ec2, { DescribeVolumesCommand }, options) => {
    try {
      const { Volumes } = await ec2.send(new DescribeVolumesCommand({ VolumeIds: [id] }), options)
      return volumeOf(present(Volumes?.[0], `EC2 says nothing of ${id}`))
    } catch (error) {
      if (isNamed(error, ['InvalidVolume.NotFound'])) return undefined
      throw error
    }
  }
}

function describeBlockDevices(id: string): Call<readonly BlockDeviceMapping[]> {
  return async (ec2, { DescribeInstancesCommand }, options) => {
    const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }), options)
    const described = present(Reservations?.[0]?.Instances?.[0], `EC2 says nothing of ${id}`)
    return (described.BlockDeviceMappings ?? []).flatMap(mappingOf)
  }
}

/** Source: DescribeInstances, Filters. */
const mostFilterValues = 200

/** By a filter: where one of several is asked for by its ID and is not there, EC2 tells of none of them. */
function describeStates(ids: readonly string[]): Call<ReadonlyMap<string, string>> {
  return async (client, { paginateDescribeInstances }, options) => {
    const states = new Map<string, string>()
    for (let first = 0; first < ids.length; first += mostFilterValues) {
      const Filters = [{ Name: 'instance-id', Values: ids.slice(first, first + mostFilterValues) }]
      for await (const { Reservations } of paginateDescribeInstances({ client }, { Filters }, options)) {
        for (const { InstanceId, State } of (Reservations ?? []).flatMap(({ Instances }) => Instances ?? [])) {
          const id = present(InstanceId, 'EC2 tells of an instance without an ID')
          states.set(id, present(State?.Name, `EC2 names no state of ${id}`))
        }
      }
    }
    return states
  }
}

/** A dry run that would have succeeded is an error by that name (AttachVolume, DryRun). */
function tryAttach(request: AttachmentRequest): Call<true> {
  return async (ec2, { AttachVolumeCommand }, options) => {
    try {
      await ec2.send(new AttachVolumeCommand({ ...inputOf(request), DryRun: true }), options)
    } catch (error) {
      if (isNamed(error, ['DryRunOperation'])) return true
      throw error
    }
    throw new Error(`EC2 did not take the dry run of attaching ${request.volumeId} for one`)
  }
}

/** That the volume is in use may be our own doing: the answer to an earlier call was lost, or comes late. */
const taken = ['VolumeInUse', 'IncorrectState']

function attach(request: AttachmentRequest): Call<Stale> {
  return async (ec2, sdk, options) => {
    try {
      await ec2.send(new sdk.AttachVolumeCommand(inputOf(request)), options)
      return undefined
    } catch (error) {
      if (!isNamed(error, taken)) throw error instanceof Error ? told(error) : error
      const facts = await describeVolume(request.volumeId)(ec2, sdk, options)
      const isOurs = facts?.attachments.some(({ instanceId }) => instanceId === request.instanceId)
      return isOurs === true ? undefined : wordsOf(error)
    }
  }
}

/** With the code that EC2's documentation explains. Not with a cause: the error's own message may be kilobytes. */
function told(error: Error): Error {
  return new Error(`${error.name}: ${wordsOf(error)}`)
}

function inputOf({ volumeId, instanceId, deviceName }: AttachmentRequest) {
  return { VolumeId: volumeId, InstanceId: instanceId, Device: deviceName }
}

/** A tag of that key that is there already gets the value. */
function createTag(id: string, { key, value }: Tag): Call<true> {
  return async (ec2, { CreateTagsCommand }, options) => {
    await ec2.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key: key, Value: value }] }), options)
    return true
  }
}

const gibibyte = 1024 ** 3

function volumeOf({ VolumeId: id, State, Size, AvailabilityZone, ...more }: Volume): VolumeFacts {
  const { SnapshotId, SourceVolumeId, Attachments } = more
  return {
    state: present(State, `EC2 names no state of ${id}`),
    sizeBytes: present(Size, `EC2 names no size of ${id}`) * gibibyte,
    availabilityZone: present(AvailabilityZone, `EC2 names no availability zone of ${id}`),
    // A volume that was copied from another one has no snapshot, and is no more blank.
    snapshotId: SnapshotId || SourceVolumeId || undefined,
    attachments: (Attachments ?? []).filter((attached) => attached.State !== 'detached').map(attachmentOf),
  }
}

function attachmentOf({ VolumeId: id, InstanceId, State, Device, AttachTime }: VolumeAttachment): Attachment {
  return {
    instanceId: present(InstanceId, `EC2 names no instance in the attachment of ${id}`),
    state: present(State, `EC2 names no state of the attachment of ${id}`),
    deviceName: Device === '' ? undefined : Device,
    attachedForMs: AttachTime && Date.now() - AttachTime.getTime(),
  }
}

/** Instance store has no part in this. */
function mappingOf({ DeviceName, Ebs }: InstanceBlockDeviceMapping): readonly BlockDeviceMapping[] {
  if (DeviceName === undefined || Ebs?.VolumeId === undefined) return []
  return [{ deviceName: DeviceName, volumeId: Ebs.VolumeId }]
}
