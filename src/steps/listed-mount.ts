import type { ActionOutcome } from '../engine/action.ts'
import type { WaitCode } from '../engine/codes.ts'
import type { Decision } from '../engine/decision.ts'
import type { Host } from '../engine/host.ts'
import { deviceOf, entryAbove } from '../formats/fstab.ts'
import { mountAt, parseMountinfo } from '../formats/mountinfo.ts'
import { pathUnit } from '../formats/systemd.ts'
import { hides, tellOfHidden } from './hidden-files.ts'
import { mountFailureWords, startMount } from './mount-unit.ts'
import { systemctl } from './service.ts'

/** What /etc/fstab has at or above a directory: mostly a disk that a person keeps for what is in it. */
export type ListedMount = { readonly mountPoint: string } & (
  | { readonly is: 'mounted' }
  /** It is to be mounted from a device that is not there. */
  | { readonly is: 'away'; readonly device: string }
  /** `bare`: what the mount will hide. `words`: why it was not mounted when that was tried last; empty where it was not. */
  | { readonly is: 'unmounted'; readonly bare: readonly string[]; readonly words: string }
)

/** undefined for a directory on the root disk. */
export async function listedMount(
  directory: string,
  host: Host,
  signal: AbortSignal,
): Promise<ListedMount | undefined> {
  const [fstab, mountinfo] = await Promise.all([host.read('/etc/fstab'), host.read('/proc/self/mountinfo')])
  const entry = entryAbove(fstab ?? '', directory)
  if (entry === undefined) return undefined
  const mountPoint = entry.target
  if (mountAt(parseMountinfo(mountinfo ?? ''), mountPoint) !== undefined) return { is: 'mounted', mountPoint }
  const device = deviceOf(entry)
  if (device !== undefined && (await host.stat(device)) === undefined) return { is: 'away', mountPoint, device }
  const [bare, words] = await Promise.all([host.list(mountPoint), mountFailureWords(mountPoint, device, host, signal)])
  return { is: 'unmounted', mountPoint, bare, words }
}

/**
 * What it takes until it is mounted; undefined where nothing is needed. systemd mounts it at boot, if its device comes
 * within the time-out (systemd.mount(5)): one that comes later nobody else mounts.
 */
export function mountFirst(mount: ListedMount | undefined, code: WaitCode): Decision | undefined {
  if (mount === undefined || mount.is === 'mounted') return undefined
  const { mountPoint } = mount
  if (mount.is === 'away') return { is: 'wait', code, for: `${mount.device}, which /etc/fstab has for ${mountPoint}` }
  const because = [`${mountPoint} is in /etc/fstab, and not mounted`, ...hides(mount.bare)].join('; ')
  return {
    is: 'act',
    actions: [
      systemctl('systemd makes its mount units from /etc/fstab', 'daemon-reload'),
      startMount(pathUnit(mountPoint, 'mount'), because, mount.words, code),
    ],
  }
}

/** The decision with a word about what this run has hidden by it. */
export function tellOfHiddenBy(
  mount: ListedMount | undefined,
  decision: Decision,
  past: readonly ActionOutcome[],
): Decision {
  return mount === undefined ? decision : tellOfHidden(decision, mount.mountPoint, past)
}
