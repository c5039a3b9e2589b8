import type { JobConfig } from '../config/job-schema.ts'
import type { FileStat, Host } from '../engine/host.ts'
import { type Mount, mountAt, parseMountinfo } from '../formats/mountinfo.ts'
import { type FrontendRecord, parseFrontendRecord } from '../formats/node-record.ts'
import { pathUnit } from '../formats/systemd.ts'
import { nfsPort } from './efs-reachability.ts'
import { showUnits, type Unit } from './efs-units.ts'
import { mountTrouble } from './mount-answer.ts'
import { lastWords } from './service.ts'
import { shareOf } from './share.ts'
import { keyHasMovedOn, shareHasMovedOn } from './share-moved-on.ts'
import { slurmConfPath } from './slurm-files.ts'

export interface Seen {
  /** What the front end says of itself; undefined where it has not said so yet. */
  readonly record: FrontendRecord | 'damaged' | undefined
  readonly fstab: string | undefined
  /** What is mounted at the mount point, the trigger of the automount not counted. */
  readonly mount: Mount | undefined
  readonly isAutomounted: boolean
  /** The mount point while it is bare: to look into it would trigger the automount. */
  readonly directory: FileStat | undefined
  readonly bare: readonly string[]
  readonly units: readonly [mount: Unit, automount: Unit]
  /** What the last try to mount said; empty where it did not fail. */
  readonly words: string
  /** Why the server cannot be reached; looked at while it is not mounted. */
  readonly closed: string | undefined
  /** Why the mount is of no use now. */
  readonly silence: string | undefined
  /**
   * The share has another key by now, or, while the volume is mounted and slurmd with it under way, another slurm.conf than
   * commands have here; looked at where something is waited for.
   */
  readonly hasMovedOn: boolean
}

export function mountUnitsOf(mountPoint: string): readonly string[] {
  return [pathUnit(mountPoint, 'mount'), pathUnit(mountPoint, 'automount')]
}

export async function lookAtSharedVolume(config: JobConfig, host: Host, signal: AbortSignal): Promise<Seen> {
  const { mountPoint } = config.nfs
  const [text, fstab, mountinfo, units] = await Promise.all([
    host.read(shareOf(config).frontend),
    host.read('/etc/fstab'),
    host.read('/proc/self/mountinfo'),
    showUnits(mountUnitsOf(mountPoint), host, signal),
  ])
  const [mountUnit, automountUnit] = units
  if (mountUnit === undefined || automountUnit === undefined) throw new Error('systemctl show printed too little')
  const record = text === undefined ? undefined : (parseFrontendRecord(text) ?? ('damaged' as const))
  const mounts = parseMountinfo(mountinfo ?? '')
  const mount = mountAt(
    mounts.filter(({ type }) => type !== 'autofs'),
    mountPoint,
  )
  const isAutomounted = mountAt(mounts, mountPoint)?.type === 'autofs'
  const isBare = mount === undefined && !isAutomounted
  const [directory, bare, words, closed, server] = await Promise.all([
    isBare ? host.stat(mountPoint) : undefined,
    isBare ? host.list(mountPoint) : [],
    mountUnit.active === 'failed' ? lastWords([mountUnit.name], ['mount'], host, signal) : '',
    mount === undefined && typeof record === 'object' ? closedPort(record.address, host, signal) : undefined,
    mount === undefined ? undefined : host.serverOf({ target: mountPoint, device: mount.device }, signal),
  ])
  const silence = server && mountTrouble(server, mountPoint)
  return {
    record,
    fstab,
    mount,
    isAutomounted,
    directory,
    bare,
    units: [mountUnit, automountUnit],
    words,
    closed,
    silence,
    hasMovedOn: await hasMovedOn(),
  }

  async function hasMovedOn(): Promise<boolean> {
    if (silence !== undefined) {
      const conf = config.slurm.configless ? undefined : await host.read(slurmConfPath)
      return conf === undefined ? await keyHasMovedOn(config, host) : await shareHasMovedOn(config, conf, host)
    }
    const isStuck = typeof record !== 'object' || closed !== undefined || words !== ''
    return isStuck && (await keyHasMovedOn(config, host))
  }
}

async function closedPort(address: string, host: Host, signal: AbortSignal): Promise<string | undefined> {
  const trouble = await host.tcpTrouble(address, nfsPort, signal)
  return trouble && `${address}:${nfsPort}: ${trouble.because}`
}
