import type { Executed, FileStat, Host } from '../engine/host.ts'
import type { Mount } from '../formats/mountinfo.ts'
import type { Destination } from './efs-destination.ts'
import { lookAtReachability, type Reachability } from './efs-reachability.ts'

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
  /** Mounted, but a simple question got no answer within `answerSeconds`. */
  | { readonly is: 'hanging'; readonly reachability: Reachability }

export const answerSeconds = 10

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
  switch (await askForAccess(path, host, signal)) {
    case 'writable':
      return { is: 'writable' }
    case 'read-only':
      return { is: 'read-only', mount }
    case 'stale':
      return { is: 'stale' }
    case 'no answer':
      return { is: 'hanging', reachability: await lookAtReachability(destination, host, signal) }
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

/** Why it may not be written, test(1) does not say. statfs(2) always asks the server, whatever is cached. */
async function askForAccess(path: string, host: Host, signal: AbortSignal) {
  const asked = await ask(['test', '-w', path], host, signal)
  if (asked.exitCode === 0) return 'writable'
  if (asked.exitCode !== 1) return 'no answer'
  const statfs = await ask(['stat', '--file-system', '--format=%T', path], host, signal)
  if (statfs.exitCode > 1) return 'no answer'
  return statfs.stderr.includes('Stale file handle') ? 'stale' : 'read-only'
}

/** In a child, because a system call on a dead mount does not come back. timeout(1) exits with 124, or 137 after KILL. */
async function ask(question: readonly string[], host: Host, signal: AbortSignal): Promise<Executed> {
  const argv = ['timeout', '--kill-after=2', String(answerSeconds), ...question] as const
  return await host.exec(argv, { signal, ok: [0, 1, 124, 137] })
}
