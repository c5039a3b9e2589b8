import type { WaitCode } from '../engine/codes.ts'
import type { Host, MountTarget } from '../engine/host.ts'
import { type Asked, asked } from './asked.ts'

/** The file system to be reached, and how. */
export interface Destination {
  readonly fileSystemId: string
  readonly dnsName: string
  /** Through the tunnel, which trusts what the system trusts; AWS's helper brings certificates of its own. */
  readonly verifiesTls: boolean
}

/** How far the way to the file system is open: the first obstacle, or none. */
export type Reachability =
  | { readonly is: 'no-mount-target'; readonly zoneId: string; readonly elsewhere: readonly string[] }
  | { readonly is: 'mount-target-not-ready'; readonly mountTarget: MountTarget }
  | { readonly is: 'unresolved'; readonly api: string }
  | { readonly is: 'closed'; readonly address: string; readonly trouble: string }
  | { readonly is: 'untrusted'; readonly address: string; readonly trouble: string }
  | { readonly is: 'open' }

const nfsPort = 2049
/** `updating`: its security groups are being changed, and it goes on serving. */
const serving = ['available', 'updating']
const gone = ['deleting', 'deleted']

/** What the EFS API says. */
type Targets = Asked<readonly MountTarget[]>

/**
 * Asks the API first: a name that is looked up before it exists is remembered as absent by the resolver. Where the
 * API may not or cannot be asked, DNS and TCP alone decide: a private subnet without a way to the API must not keep us
 * from a mount target in it.
 */
export async function lookAtReachability(to: Destination, host: Host, signal: AbortSignal): Promise<Reachability> {
  const [zoneId, targets] = await Promise.all([
    host.metadata('meta-data/placement/availability-zone-id', signal),
    asked(host.mountTargets(to.fileSystemId, signal), signal),
  ])
  const obstacle = zoneId === undefined ? undefined : obstacleInZone(targets, zoneId.trim())
  return obstacle ?? (await lookAtNetwork(to, targets, host, signal))
}

function obstacleInZone(targets: Targets, zoneId: string): Reachability | undefined {
  if (targets.is !== 'known') return undefined
  const present = targets.value.filter((mountTarget) => !gone.includes(mountTarget.state))
  const here = present.filter((mountTarget) => mountTarget.availabilityZoneId === zoneId)
  if (here.some((mountTarget) => serving.includes(mountTarget.state))) return undefined
  const [mountTarget] = here
  if (mountTarget !== undefined) return { is: 'mount-target-not-ready', mountTarget }
  const elsewhere = [...new Set(present.map((other) => other.availabilityZoneId))].toSorted()
  return { is: 'no-mount-target', zoneId, elsewhere }
}

async function lookAtNetwork(
  to: Destination,
  targets: Targets,
  host: Host,
  signal: AbortSignal,
): Promise<Reachability> {
  const [address] = await host.resolve(to.dnsName, signal)
  if (address === undefined) return { is: 'unresolved', api: saidByApi(targets) }
  const closed = await host.tcpTrouble(address, nfsPort, signal)
  if (closed !== undefined) return { is: 'closed', address, trouble: closed }
  if (!to.verifiesTls) return { is: 'open' }
  const untrusted = await host.tlsTrouble(address, nfsPort, to.dnsName, signal)
  return untrusted === undefined ? { is: 'open' } : { is: 'untrusted', address, trouble: untrusted }
}

function saidByApi(targets: Targets): string {
  switch (targets.is) {
    case 'known':
      return `EFS lists ${listed(targets.value)}; a name follows its mount target within 90 s`
    case 'denied':
      return `EFS does not say why (${targets.because})`
    case 'unreachable':
    case 'throttled':
    case 'unanswered':
      return `EFS could not be asked why (${targets.because})`
  }
}

function listed(mountTargets: readonly MountTarget[]): string {
  const items = mountTargets.map((one) => `${one.ipAddress} (${one.availabilityZoneId}, ${one.state})`)
  return items.length === 0 ? 'no mount target' : items.join(', ')
}

/** The code and the sentence of a wait; undefined when nothing is in the way. */
export function obstacleOf(
  reachability: Reachability,
  { fileSystemId, dnsName }: Destination,
): { readonly code: WaitCode; readonly reason: string } | undefined {
  switch (reachability.is) {
    case 'open':
      return undefined
    case 'no-mount-target': {
      const { zoneId, elsewhere } = reachability
      const others = elsewhere.length === 0 ? 'nor in any other zone' : `but in ${elsewhere.join(', ')}`
      return {
        code: 'EFS_NO_MOUNT_TARGET_IN_ZONE',
        reason: `${fileSystemId} has no mount target in ${zoneId}, ${others}`,
      }
    }
    case 'mount-target-not-ready': {
      const { availabilityZoneId, ipAddress, state } = reachability.mountTarget
      return {
        code: 'EFS_MOUNT_TARGET_CREATING',
        reason: `the mount target ${ipAddress} of ${fileSystemId} in ${availabilityZoneId} is in state ${state}`,
      }
    }
    case 'unresolved':
      return { code: 'EFS_NAME_DOES_NOT_RESOLVE', reason: `${dnsName} does not resolve; ${reachability.api}` }
    case 'closed':
      return {
        code: 'EFS_PORT_CLOSED',
        reason: `${reachability.address}, TCP port ${nfsPort}: ${reachability.trouble}`,
      }
    case 'untrusted':
      return {
        code: 'EFS_TLS_FAILED',
        reason: `${reachability.address} is not trusted as ${dnsName}: ${reachability.trouble}`,
      }
  }
}
