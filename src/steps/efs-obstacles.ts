import type { Obstacle } from '../engine/action.ts'
import type { WaitCode } from '../engine/codes.ts'
import type { MountTarget } from '../engine/host.ts'
import type { Destination } from './efs-destination.ts'
import { nfsPort, type Reachability } from './efs-reachability.ts'

/**
 * The code and the sentence of a wait; undefined when nothing is in the way that waiting could mend. A file system that
 * is `mounted` had a mount target: where none is listed, it has been deleted.
 */
export function obstacleOf(reachability: Reachability, to: Destination, mounted: boolean): Obstacle | undefined {
  const { fileSystemId, dnsName } = to
  switch (reachability.is) {
    case 'open':
    case 'rejected':
      return undefined
    case 'no-mount-target': {
      const { zone, elsewhere } = reachability
      const [code, has] = mounted
        ? (['EFS_MOUNT_TARGET_DELETED', 'no longer has a'] as const)
        : (['EFS_NO_MOUNT_TARGET_IN_ZONE', 'has no'] as const)
      return { code, for: `${fileSystemId} ${has} mount target in ${zone}, ${others(elsewhere)}` }
    }
    case 'mount-target-deleted': {
      const { mountTarget, elsewhere } = reachability
      const alone = `and there is no other in this zone, ${others(elsewhere)}`
      return { code: 'EFS_MOUNT_TARGET_DELETED', for: `${stateOf(mountTarget, to)}, ${alone}` }
    }
    case 'mount-target-not-ready':
      return { code: 'EFS_MOUNT_TARGET_CREATING', for: stateOf(reachability.mountTarget, to) }
    case 'unresolved':
      return unresolved(reachability, to)
    case 'refused':
      return atPort('EFS_PORT_CLOSED', reachability)
    case 'silent':
      return atPort('EFS_PORT_SILENT', reachability)
    case 'tls-failed':
      return {
        code: 'EFS_TLS_FAILED',
        for: `no TLS connection comes about with ${reachability.address} as ${dnsName}: ${reachability.trouble}`,
      }
  }
}

function others(elsewhere: readonly string[]): string {
  return elsewhere.length === 0 ? 'nor in any other zone' : `but in ${elsewhere.join(', ')}`
}

function stateOf({ ipAddress, availabilityZoneId, state }: MountTarget, { fileSystemId }: Destination): string {
  const which = ipAddress ?? 'without an IPv4 address'
  return `the mount target ${which} of ${fileSystemId} in ${availabilityZoneId} is in state ${state}`
}

function atPort(
  code: WaitCode,
  { address, trouble }: { readonly address: string; readonly trouble: string },
): Obstacle {
  return { code, for: `${address}, TCP port ${nfsPort}: ${trouble}` }
}

function unresolved(
  { targets, trouble }: Extract<Reachability, { is: 'unresolved' }>,
  { fileSystemId, host }: Destination,
): Obstacle {
  const what = trouble ?? `${host} does not resolve`
  const code = 'EFS_NAME_DOES_NOT_RESOLVE'
  switch (targets.is) {
    case 'known': {
      const known = targets.value
      const said =
        known === undefined
          ? `EFS knows no file system ${fileSystemId} in this account and region`
          : `EFS lists ${listed(known)}; a name follows its mount target within 90 s`
      return { code, for: `${what}; ${said}` }
    }
    case 'denied': {
      const question = 'elasticfilesystem:DescribeMountTargets'
      return { code: 'EFS_API_DENIED', for: `${what}, and EFS may not be asked why (${question}): ${targets.because}` }
    }
    case 'unreachable':
    case 'throttled':
    case 'unanswered':
      return { code, for: `${what}; EFS could not be asked why (${targets.because})` }
  }
}

function listed(mountTargets: readonly MountTarget[]): string {
  const items = mountTargets.map(({ ipAddress, availabilityZoneId, state }) => {
    return `${ipAddress ?? 'one without an IPv4 address'} (${availabilityZoneId}, ${state})`
  })
  return items.length === 0 ? 'no mount target' : items.join(', ')
}
