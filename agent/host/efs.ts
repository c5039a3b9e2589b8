import type { MountTargetDescription } from '@aws-sdk/client-efs'
import type { Host, MountTarget } from '../../src/engine/host.ts'
import { answer, awsAccess, isNamed, present } from './aws.ts'
import { type Metadata, metadata } from './metadata.ts'

/** What EFS says. */
export function efsBehind(instance: Metadata): Pick<Host, 'mountTargets'> {
  return {
    mountTargets: (fileSystemId, signal) =>
      answer(async () => await describeMountTargets(fileSystemId, instance, signal), signal),
  }
}

export const { mountTargets } = efsBehind(metadata)

async function describeMountTargets(
  FileSystemId: string,
  instance: Metadata,
  abortSignal: AbortSignal,
): Promise<readonly MountTarget[] | undefined> {
  const { sdk, settings } = await awsAccess(instance, abortSignal)
  const client = new sdk.EFSClient(settings)
  try {
    const found: MountTarget[] = []
    for await (const page of sdk.paginateDescribeMountTargets({ client }, { FileSystemId }, { abortSignal })) {
      found.push(...(page.MountTargets ?? []).map(mountTargetOf))
    }
    return found
  } catch (error) {
    if (isNamed(error, ['FileSystemNotFound'])) return undefined
    throw error
  } finally {
    client.destroy()
  }
}

function mountTargetOf(described: MountTargetDescription): MountTarget {
  const { MountTargetId: id = 'a mount target', AvailabilityZoneName, AvailabilityZoneId } = described
  const { IpAddress, LifeCycleState } = described
  return {
    availabilityZone: present(AvailabilityZoneName, `EFS names no availability zone of ${id} by name`),
    availabilityZoneId: present(AvailabilityZoneId, `EFS names no availability zone of ${id}`),
    ipAddress: IpAddress,
    state: present(LifeCycleState, `EFS names no state of ${id}`),
  }
}
