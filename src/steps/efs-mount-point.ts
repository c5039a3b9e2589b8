import type { FileStat, Host, MountedAt } from '../engine/host.ts'
import type { Mount } from '../formats/mountinfo.ts'
import type { Destination } from './efs-destination.ts'
import { lookAtReachability, type Reachability } from './efs-reachability.ts'
import { mountTrouble } from './mount-answer.ts'

/** What is at the mount point. */
export type MountPoint =
  | { readonly is: 'taken'; readonly mount: Mount }
  | {
      readonly is: 'bare'
      readonly directory: FileStat | undefined
      /** Names that a mount would hide. */
      readonly holds: readonly string[]
      readonly reachability: Reachability
    }
  | { readonly is: 'writable' }
  | { readonly is: 'read-only'; readonly mount: Mount }
  /** Mounted, but the server no longer knows what was mounted (ESTALE). */
  | { readonly is: 'stale' }
  /** Mounted, but a simple question got no answer, or an error: `silence` says so. */
  | { readonly is: 'hanging'; readonly silence: string; readonly reachability: Reachability }

export async function lookAtMountPoint(
  path: string,
  mount: Mount | undefined,
  isExpected: (mount: Mount) => boolean,
  destination: Destination,
  host: Host,
  signal: AbortSignal,
): Promise<MountPoint> {
  if (mount === undefined) return await lookAtBare(path, destination, host, signal)
  if (!isExpected(mount)) return { is: 'taken', mount }
  const access = await askForAccess({ target: path, device: mount.device }, host, signal)
  switch (access.is) {
    case 'writable':
    case 'stale':
      return access
    case 'read-only':
      return { is: 'read-only', mount }
    case 'no answer':
      return {
        is: 'hanging',
        silence: access.silence,
        reachability: await lookAtReachability(destination, host, signal),
      }
  }
}

async function lookAtBare(path: string, to: Destination, host: Host, signal: AbortSignal): Promise<MountPoint> {
  const [directory, holds, reachability] = await Promise.all([
    host.stat(path),
    host.list(path),
    lookAtReachability(to, host, signal),
  ])
  return { is: 'bare', directory, holds, reachability }
}

/**
 * The server is asked beside what may be answered from memory: for up to a minute after the server has gone, or knows the
 * mount no more.
 */
async function askForAccess(mount: MountedAt, host: Host, signal: AbortSignal) {
  const [server, write] = await Promise.all([host.serverOf(mount, signal), host.mayWrite(mount, signal)])
  if (server.is === 'stale') return { is: 'stale' } as const
  const silence = mountTrouble(write.is === 'silent' ? write : server, mount.target)
  const isDenied = write.is === 'error' || write.is === 'stale'
  if (isDenied && (silence === undefined || server.is === 'error')) return { is: 'read-only' } as const
  return silence === undefined ? ({ is: 'writable' } as const) : ({ is: 'no answer', silence } as const)
}
