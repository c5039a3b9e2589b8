import type { EC2Client, Volume, VolumeAttachment } from '@aws-sdk/client-ec2'
import type { Attachment, Host, VolumeFacts } from '../../src/engine/host.ts'
import { answer, awsAccess, isNamed, present, type Sdk } from './aws.ts'
import { type Metadata, metadata } from './metadata.ts'

type Call<T> = (ec2: Pick<EC2Client, 'send'>, sdk: Sdk, options: { readonly abortSignal: AbortSignal }) => Promise<T>

/** What EC2 says. */
export function ec2Behind(instance: Metadata): Pick<Host, 'volume'> {
  return {
    volume: (volumeId, signal) => answer(() => calling(describeVolume(volumeId), signal), signal),
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

export const { volume } = ec2Behind(metadata)

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

const gibibyte = 1024 ** 3

function volumeOf({ VolumeId: id, State, Size, SnapshotId, Attachments }: Volume): VolumeFacts {
  return {
    state: present(State, `EC2 names no state of ${id}`),
    sizeBytes: present(Size, `EC2 names no size of ${id}`) * gibibyte,
    snapshotId: SnapshotId === '' ? undefined : SnapshotId,
    attachments: (Attachments ?? []).filter((attached) => attached.State !== 'detached').map(attachmentOf),
  }
}

function attachmentOf({ VolumeId: id, InstanceId, State, Device }: VolumeAttachment): Attachment {
  return {
    instanceId: present(InstanceId, `EC2 names no instance in the attachment of ${id}`),
    state: present(State, `EC2 names no state of the attachment of ${id}`),
    deviceName: Device === '' ? undefined : Device,
  }
}
