import type { WaitCode } from '../engine/codes.ts'
import type { Decision } from '../engine/decision.ts'
import type { Host } from '../engine/host.ts'
import { deviceOf, entryAbove, type FstabEntry } from '../formats/fstab.ts'
import { mountAt, parseMountinfo } from '../formats/mountinfo.ts'
import { pathUnit } from '../formats/systemd.ts'
import { mountFailureWords, startMount } from './mount-unit.ts'
import { refusal } from './refusal.ts'
import { type ServiceState, serviceState, systemctl } from './service.ts'

/** What /etc/fstab has at or above a directory: mostly a disk that a person keeps for what is in it. */
export type ListedMount = { readonly mountPoint: string } & ({ readonly is: 'mounted' } | (Bare & Unmounted))

interface Bare {
  /** One that the mount would hide; undefined where directories alone are below it, as packages make them. */
  readonly file: string | undefined
}

type Unmounted =
  /** It is to be mounted from a device that is not there. */
  | { readonly is: 'away'; readonly device: string }
  /** A person mounts it, as it is `noauto`. */
  | { readonly is: 'by hand' }
  | {
      readonly is: 'unmounted'
      /** The one whose directory it is. */
      readonly daemon: ServiceState
      /** Why it was not mounted when that was tried last; empty where it was not. */
      readonly words: string
    }

/** undefined for a directory on the root disk. `unit`: the daemon that keeps its data in it. */
export async function listedMount(
  directory: string,
  unit: string,
  host: Host,
  signal: AbortSignal,
): Promise<ListedMount | undefined> {
  const entry = entryAbove((await host.read('/etc/fstab')) ?? '', directory)
  if (entry === undefined) return undefined
  const mountPoint = entry.target
  if (await isMounted(mountPoint, host)) return { is: 'mounted', mountPoint }
  const [why, file] = await Promise.all([whyNot(entry, unit, host, signal), fileBelow(mountPoint, host, signal)])
  // Another step may have mounted it meanwhile: the file is on it then.
  return (await isMounted(mountPoint, host)) ? { is: 'mounted', mountPoint } : { ...why, mountPoint, file }
}

async function whyNot(entry: FstabEntry, unit: string, host: Host, signal: AbortSignal): Promise<Unmounted> {
  if (entry.options.includes('noauto')) return { is: 'by hand' }
  const device = deviceOf(entry)
  if (device !== undefined && (await host.stat(device)) === undefined) return { is: 'away', device }
  const [daemon, words] = await Promise.all([
    serviceState(unit, host, signal),
    mountFailureWords(entry.target, device, host, signal),
  ])
  return { is: 'unmounted', daemon, words }
}

/**
 * What it takes until it is mounted; undefined where nothing is needed. systemd mounts it at boot, if its device comes
 * within the time-out (systemd.mount(5)): one that comes later nobody else mounts. The daemon has not run then, nor
 * written below it. Where it has, the entry is newer than its data, which are not ours to hide.
 */
export function mountFirst(mount: ListedMount | undefined, code: WaitCode): Decision | undefined {
  if (mount === undefined || mount.is === 'mounted') return undefined
  const { mountPoint } = mount
  const hidden = mount.file === undefined ? [] : [`it would hide ${JSON.stringify(mount.file)}`] // quoted: anybody may have named it
  const wait = (what: string): Decision => ({ is: 'wait', code, for: [what, ...hidden].join('; ') })
  if (mount.is === 'away') return wait(`${mount.device}, which /etc/fstab has for ${mountPoint}`)
  if (mount.is === 'by hand') return wait(`${mountPoint}, which a person mounts: /etc/fstab has it as noauto`)
  const because = `${mountPoint} is in /etc/fstab, and not mounted`
  const { unit, active } = mount.daemon
  const inTheWay = [...(isStopped(active) ? [] : [`${unit} is ${active}`]), ...hidden]
  if (inTheWay.length > 0) {
    return refusal(
      'MOUNT_WOULD_HIDE_FILES',
      [because, ...inTheWay].join('; '),
      `stop slurm-node-agent.timer, ${unit} and all else that writes there; move what ${mountPoint} holds away, mount it, move what counts to its place on it, run apply and start the timer; or remove the entry`,
    )
  }
  return {
    is: 'act',
    actions: [
      systemctl('systemd makes its mount units from /etc/fstab', 'daemon-reload'),
      startMount(pathUnit(mountPoint, 'mount'), because, mount.words, code),
    ],
  }
}

/** Anything else, as "activating" or what systemd did not tell, may be at work. */
function isStopped(active: string): boolean {
  return active === 'inactive' || active === 'failed'
}

async function isMounted(mountPoint: string, host: Host): Promise<boolean> {
  return mountAt(parseMountinfo((await host.read('/proc/self/mountinfo')) ?? ''), mountPoint) !== undefined
}

async function fileBelow(mountPoint: string, host: Host, signal: AbortSignal): Promise<string | undefined> {
  if ((await host.stat(mountPoint)) === undefined) return undefined
  const argv = ['find', mountPoint, '-xdev', '!', '-type', 'd', '-print', '-quit'] as const
  const { stdout } = await host.exec(argv, { signal })
  return stdout === '' ? undefined : stdout.trimEnd()
}
