import type { Volume, VolumeAttachment } from '@aws-sdk/client-ec2'
import type { MountTargetDescription } from '@aws-sdk/client-efs'
import type { Answer, Attachment, Host, MountTarget, VolumeFacts } from '../../src/engine/host.ts'
import { type Credentials, roleCredentials } from './credentials.ts'
import { type Metadata, metadata } from './metadata.ts'

/** The caller tries again, and has other ways than this one. */
const limits = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 3_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
} as const

const gibibyte = 1024 ** 3

interface Settings {
  readonly region: string
  readonly credentials: Credentials
}

/** What AWS says, in the name of the instance's role. The SDK is loaded with the first question: it takes a while. */
export function awsBehind(instance: Metadata): Pick<Host, 'mountTargets' | 'volume'> {
  return {
    mountTargets: (fileSystemId, signal) =>
      answer(async () => await describeMountTargets(fileSystemId, await settings(signal), signal), signal),
    volume: (volumeId, signal) =>
      answer(async () => await describeVolume(volumeId, await settings(signal), signal), signal),
  }

  async function settings(signal: AbortSignal): Promise<Settings> {
    const [region, credentials] = await Promise.all([
      instance('meta-data/placement/region', signal),
      roleCredentials(instance, signal),
    ])
    return { region: present(region, 'the metadata service names no region').trim(), credentials }
  }
}

export const { mountTargets, volume } = awsBehind(metadata)

async function describeMountTargets(FileSystemId: string, settings: Settings, abortSignal: AbortSignal) {
  const { EFSClient, paginateDescribeMountTargets } = await import('./aws-sdk.ts')
  const client = new EFSClient({ ...limits, ...settings })
  try {
    const found: MountTarget[] = []
    for await (const page of paginateDescribeMountTargets({ client }, { FileSystemId }, { abortSignal })) {
      found.push(...(page.MountTargets ?? []).map(mountTargetOf))
    }
    return found
  } finally {
    client.destroy()
  }
}

async function describeVolume(id: string, settings: Settings, abortSignal: AbortSignal) {
  const { EC2Client, DescribeVolumesCommand } = await import('./aws-sdk.ts')
  const client = new EC2Client({ ...limits, ...settings })
  try {
    const { Volumes } = await client.send(new DescribeVolumesCommand({ VolumeIds: [id] }), { abortSignal })
    return volumeOf(present(Volumes?.[0], `EC2 says nothing of ${id}`))
  } catch (error) {
    if (error instanceof Error && error.name === 'InvalidVolume.NotFound') return undefined
    throw error
  } finally {
    client.destroy()
  }
}

/**
 * AWS has answered, but will not say. A file system that it does not know belongs here: it may be another account's,
 * which shares its network with us and is mounted like any other.
 */
const refusals = [
  'AccessDenied',
  'AccessDeniedException',
  'AuthFailure',
  'FileSystemNotFound',
  'InvalidClientTokenId',
  'NoInstanceProfile',
  'OptInRequired',
  'UnauthorizedOperation',
  'UnrecognizedClientException',
]

const unreachable = ['ECONNREFUSED', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND']

/** No connection came about: the SDK's own time-out for that has no code, unlike the one for an answer. */
function isUnreachable(error: Error): boolean {
  if ('code' in error && typeof error.code === 'string') return unreachable.includes(error.code)
  return error.name === 'TimeoutError' && error.message.includes('did not establish a connection')
}

/** Throttling, errors of AWS's own and an answer that does not come are thrown: they pass. */
async function answer<T>(question: () => Promise<T>, signal: AbortSignal): Promise<Answer<T>> {
  try {
    return { is: 'known', value: await question() }
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof Error && refusals.includes(error.name)) return { is: 'denied', because: wordsOf(error) }
    if (error instanceof Error && isUnreachable(error)) return { is: 'unreachable', because: error.message }
    throw error
  }
}

/** EC2 adds some kilobytes that only sts:DecodeAuthorizationMessage can read. */
function wordsOf({ message }: Error): string {
  return message.replace(/\s*Encoded authorization failure message: \S+/, '')
}

function mountTargetOf(described: MountTargetDescription): MountTarget {
  const { MountTargetId: id = 'a mount target', AvailabilityZoneId, IpAddress, LifeCycleState } = described
  return {
    availabilityZoneId: present(AvailabilityZoneId, `EFS names no availability zone of ${id}`),
    ipAddress: present(IpAddress, `EFS names no IPv4 address of ${id}`),
    state: present(LifeCycleState, `EFS names no state of ${id}`),
  }
}

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

function present<T>(value: T | undefined, otherwise: string): T {
  if (value === undefined) throw new Error(otherwise)
  return value
}
