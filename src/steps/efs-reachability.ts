import type { Host, MountTarget } from '../engine/host.ts'
import { type Asked, asked } from './asked.ts'

/** The file system to be reached, and how. */
export interface Destination {
  readonly fileSystemId: string
  readonly dnsName: string
  /** Through the tunnel, which trusts what the system trusts; AWS's helper brings certificates of its own. */
  readonly verifiesTls: boolean
}

/** What the EFS API says. */
export type Targets = Asked<readonly MountTarget[] | undefined>

/** How far the way to the file system is open: the first obstacle, or none. */
export type Reachability =
  | { readonly is: 'no-mount-target'; readonly zoneId: string; readonly elsewhere: readonly string[] }
  | {
      readonly is: 'mount-target-deleted'
      readonly mountTarget: MountTarget
      readonly elsewhere: readonly string[]
    }
  | { readonly is: 'mount-target-not-ready'; readonly mountTarget: MountTarget }
  | { readonly is: 'unresolved'; readonly targets: Targets }
  /** By TCP: who is there says no, or nobody answers. */
  | { readonly is: 'refused' | 'silent'; readonly address: string; readonly trouble: string }
  /** By TLS: no waiting makes the certificate right, or it may still come about. */
  | { readonly is: 'rejected' | 'tls-failed'; readonly address: string; readonly trouble: string }
  | { readonly is: 'open' }

export const nfsPort = 2049
/** `updating`: its security groups are being changed, and it goes on serving. */
const serving = ['available', 'updating']
const gone = ['deleting', 'deleted']

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
  const listed = targets.is === 'known' ? targets.value : undefined
  const obstacle = zoneId === undefined || listed === undefined ? undefined : obstacleInZone(listed, zoneId.trim())
  return obstacle ?? (await lookAtNetwork(to, targets, host, signal))
}

function obstacleInZone(targets: readonly MountTarget[], zoneId: string): Reachability | undefined {
  const here = targets.filter((target) => target.availabilityZoneId === zoneId)
  if (here.some(({ state }) => serving.includes(state))) return undefined
  const coming = here.find(({ state }) => !gone.includes(state))
  if (coming !== undefined) return { is: 'mount-target-not-ready', mountTarget: coming }
  const others = targets.filter((target) => !here.includes(target) && !gone.includes(target.state))
  const elsewhere = [...new Set(others.map(({ availabilityZoneId }) => availabilityZoneId))].toSorted()
  const [deleted] = here
  return deleted === undefined
    ? { is: 'no-mount-target', zoneId, elsewhere }
    : { is: 'mount-target-deleted', mountTarget: deleted, elsewhere }
}

async function lookAtNetwork(
  to: Destination,
  targets: Targets,
  host: Host,
  signal: AbortSignal,
): Promise<Reachability> {
  const [address] = await host.resolve(to.dnsName, signal)
  if (address === undefined) return { is: 'unresolved', targets }
  const tcp = await host.tcpTrouble(address, nfsPort, signal)
  if (tcp !== undefined) return { is: tcp.is, address, trouble: tcp.because }
  if (!to.verifiesTls) return { is: 'open' }
  const tls = await host.tlsTrouble(address, nfsPort, to.dnsName, signal)
  if (tls === undefined) return { is: 'open' }
  return { is: tls.is === 'rejected' ? 'rejected' : 'tls-failed', address, trouble: tls.because }
}
