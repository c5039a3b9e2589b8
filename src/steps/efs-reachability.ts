import { messageOf } from '../engine/errors.ts'
import type { Host, MountTarget } from '../engine/host.ts'
import { type Asked, asked } from './asked.ts'
import type { Destination } from './efs-destination.ts'

/** How a mount target is reached. */
interface Way {
  readonly address: string
  /** The name does not resolve: the address is the one that the API gave. */
  readonly isFallback: boolean
}

/** What the EFS API says. */
type Targets = Asked<readonly MountTarget[] | undefined>

/** What keeps EFS from serving in the zone. */
type InZone =
  | { readonly is: 'no-mount-target'; readonly zone: string; readonly elsewhere: readonly string[] }
  | {
      readonly is: 'mount-target-deleted'
      readonly mountTarget: MountTarget
      readonly elsewhere: readonly string[]
    }
  | { readonly is: 'mount-target-not-ready'; readonly mountTarget: MountTarget }

/** How far the way to the file system is open: the first obstacle, or none. */
export type Reachability =
  | InZone
  /** `trouble`: why the name could not even be looked up. */
  | { readonly is: 'unresolved'; readonly targets: Targets; readonly trouble: string | undefined }
  /** By TCP: who is there says no, or nobody answers. */
  | ({ readonly is: 'refused' | 'silent'; readonly trouble: string } & Way)
  /** By TLS: no waiting makes the certificate right, or it may still come about. */
  | ({ readonly is: 'rejected' | 'tls-failed'; readonly trouble: string } & Way)
  | ({ readonly is: 'open' } & Way)

export const nfsPort = 2049
/** `updating`: its security groups are being changed, and it goes on serving. */
const serving = ['available', 'updating']
const gone = ['deleting', 'deleted']

/**
 * Asks the API first: a name that is looked up before it exists is remembered as absent by the resolver. Where the
 * API may not or cannot be asked, DNS and TCP alone decide: a private subnet without a way to the API must not keep us
 * from a mount target in it. Nor does it know of all ways: /etc/hosts or a private hosted zone may lead to the mount
 * target of another zone, so that having none in this one counts only while the name does not resolve.
 */
export async function lookAtReachability(to: Destination, host: Host, signal: AbortSignal): Promise<Reachability> {
  const [zoneId, targets] = await Promise.all([
    host.metadata('meta-data/placement/availability-zone-id', signal),
    asked(host.mountTargets(to.fileSystemId, signal), signal),
  ])
  const zone = to.availabilityZone ?? zoneId?.trim()
  const listed = targets.is === 'known' ? targets.value : undefined
  const found = zone === undefined || listed === undefined ? undefined : lookAtZone(listed, zone, to)
  if (found?.is === 'mount-target-deleted' || found?.is === 'mount-target-not-ready') return found
  const by = found?.is === 'served' ? found.by : undefined
  const reached = await lookAtNetwork(to, targets, by, host, signal)
  return found?.is === 'no-mount-target' && reached.is === 'unresolved' ? found : reached
}

/** The address that stands in for a name that does not resolve. */
export function fallbackOf(reachability: Reachability): string | undefined {
  return 'isFallback' in reachability && reachability.isFallback ? reachability.address : undefined
}

/** Of one account, a configured address may be a mount target of another: that is for the network to tell. */
function lookAtZone(
  targets: readonly MountTarget[],
  zone: string,
  to: Destination,
): InZone | { readonly is: 'served'; readonly by: MountTarget } | undefined {
  const placeOf = (target: MountTarget) =>
    to.availabilityZone === undefined ? target.availabilityZoneId : target.availabilityZone
  const here = targets.filter((target) =>
    to.mountTargetIp === undefined ? placeOf(target) === zone : target.ipAddress === to.mountTargetIp,
  )
  const by = here.find(({ state }) => serving.includes(state))
  if (by !== undefined) return { is: 'served', by }
  const coming = here.find(({ state }) => !gone.includes(state))
  if (coming !== undefined) return { is: 'mount-target-not-ready', mountTarget: coming }
  const others = targets.filter((target) => !here.includes(target) && !gone.includes(target.state))
  const elsewhere = [...new Set(others.map(placeOf))].toSorted()
  const [deleted] = here
  if (deleted !== undefined) return { is: 'mount-target-deleted', mountTarget: deleted, elsewhere }
  return to.mountTargetIp === undefined ? { is: 'no-mount-target', zone, elsewhere } : undefined
}

async function lookAtNetwork(
  to: Destination,
  targets: Targets,
  served: MountTarget | undefined,
  host: Host,
  signal: AbortSignal,
): Promise<Reachability> {
  const { named, trouble } = await lookUp(to.host, host, signal)
  const address = named ?? (to.takesAddress ? served?.ipAddress : undefined)
  if (address === undefined) return { is: 'unresolved', targets, trouble }
  const way = { address, isFallback: named === undefined }
  const tcp = await host.tcpTrouble(way.address, nfsPort, signal)
  if (tcp !== undefined) return { is: tcp.is, trouble: tcp.because, ...way }
  if (!to.verifiesTls) return { is: 'open', ...way }
  const tls = await host.tlsTrouble(way.address, nfsPort, to.dnsName, signal)
  if (tls === undefined) return { is: 'open', ...way }
  return { is: tls.is === 'rejected' ? 'rejected' : 'tls-failed', trouble: tls.because, ...way }
}

interface LookUp {
  readonly named: string | undefined
  readonly trouble: string | undefined
}

/** An address resolves to itself. A name server that fails is waited for like a name that does not resolve yet. */
async function lookUp(name: string, host: Host, signal: AbortSignal): Promise<LookUp> {
  try {
    const [named] = await host.resolve(name, signal)
    return { named, trouble: undefined }
  } catch (error) {
    signal.throwIfAborted()
    return { named: undefined, trouble: messageOf(error) }
  }
}
