import type { Host } from '../engine/host.ts'
import type { MountPoint } from './efs-mount-point.ts'
import { type Destination, fallbackOf } from './efs-reachability.ts'

/**
 * What the client is to connect to: the name, or, while that does not resolve, the address that the API gave. A mount
 * that answers keeps the address that it was made with until the name resolves: what fails for a moment changes nothing
 * of it. `written` is what the client's files say now.
 */
export async function connectionTo(
  { dnsName }: Destination,
  mountPoint: MountPoint,
  written: string | undefined,
  host: Host,
  signal: AbortSignal,
): Promise<string> {
  if ('reachability' in mountPoint) return fallbackOf(mountPoint.reachability) ?? dnsName
  if (written === undefined || !isAddress(written)) return dnsName
  const found = await host.resolve(dnsName, signal).catch(() => [])
  signal.throwIfAborted()
  return found.length > 0 ? dnsName : written
}

/** A DNS name has a letter in it. */
export function isAddress(host: string): boolean {
  return /^[\d.]+$/.test(host)
}
