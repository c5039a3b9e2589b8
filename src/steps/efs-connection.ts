import type { Host } from '../engine/host.ts'
import type { Destination } from './efs-destination.ts'
import type { MountPoint } from './efs-mount-point.ts'
import { fallbackOf } from './efs-reachability.ts'

/**
 * What the client is to connect to: what the configuration makes of the name, or, while that does not resolve, the
 * address that the API gave. A mount that answers keeps the address that it was made with until the name resolves: what
 * fails for a moment changes nothing of it. `written` is what the client's files say now.
 */
export async function connectionTo(
  to: Destination,
  mountPoint: MountPoint,
  written: string | undefined,
  host: Host,
  signal: AbortSignal,
): Promise<string> {
  if ('reachability' in mountPoint) return fallbackOf(mountPoint.reachability) ?? to.host
  if (written === undefined || !isAddress(written) || isAddress(to.host)) return to.host
  const found = await host.resolve(to.host, signal).catch(() => [])
  signal.throwIfAborted()
  return found.length > 0 ? to.host : written
}

/** A DNS name has a letter in it. */
export function isAddress(host: string): boolean {
  return /^[\d.]+$/.test(host)
}
