import type { FrontendConfig } from '../config/frontend-schema.ts'
import type { Action, ActionOutcome, Exec, Remove } from '../engine/action.ts'
import type { Warning } from '../engine/decision.ts'
import type { Host } from '../engine/host.ts'
import type { UnitRule } from '../engine/step.ts'
import { countCpus } from '../formats/cpu-list.ts'
import { type NfsdSettings, parseNfsConf, printNfsConf, printSettings } from '../formats/nfs-conf.ts'
import { parseNfsd } from '../formats/nfsd.ts'
import { pathUnit } from '../formats/systemd.ts'
import { held } from './holds.ts'
import { dropInPath, dropInRule, type Tie, toTie } from './mount-drop-in.ts'
import { toLetGo, toMask, toStop, v3Masks, v3Units } from './nfs-v3-units.ts'
import { refusal } from './refusal.ts'
import { type ServiceState, serviceAmong, systemctl, toRun } from './service.ts'

const unit = 'nfs-server.service'
/** The last setting counts, in the order of the names: after `local.conf`, which Debian's upgrade makes. */
const confPath = '/etc/nfs.conf.d/slurm-node-agent.conf'

export interface Server {
  readonly conf: string | undefined
  readonly dropIn: string | undefined
  /** What the server starts with: what our file and those of others come to. */
  readonly settings: NfsdSettings
  /** What it runs with; undefined while the kernel shows nothing of it. */
  readonly running: NfsdSettings | undefined
  readonly service: ServiceState
  /** The mount of the data volume. */
  readonly mount: ServiceState | undefined
  readonly v3Units: readonly ServiceState[]
  readonly cpus: number
}

/** What nfs-common and the server would start when they are installed, for NFSv3 and to all networks. */
export function unitRules(config: FrontendConfig): readonly UnitRule[] {
  return [...held(unit, 'nfs-mountd.service'), dropInRule(tieOf(config)), ...(config.nfs.v3 ? [] : v3Masks)]
}

export function unitsOf(config: FrontendConfig): readonly string[] {
  return [unit, ...otherUnits(config)]
}

/** The mount of the data volume, and what only NFSv3 needs. */
function otherUnits({ dataVolume }: FrontendConfig): readonly string[] {
  return [pathUnit(dataVolume.mountPoint, 'mount'), ...v3Units]
}

export async function nfsServer(config: FrontendConfig, host: Host, signal: AbortSignal): Promise<Server> {
  const [conf, dropIn, dump, versions, threads, [service, mount, ...others], cpus] = await Promise.all([
    host.read(confPath),
    host.read(dropInPath(unit)),
    host.exec(['nfsconf', '--dump'], { signal }),
    host.read('/proc/fs/nfsd/versions'),
    host.read('/proc/fs/nfsd/threads'),
    serviceAmong(unit, otherUnits(config), host, signal),
    host.read('/sys/devices/system/cpu/online'),
  ])
  return {
    conf,
    dropIn,
    settings: parseNfsConf(dump.stdout),
    running: versions === undefined || threads === undefined ? undefined : parseNfsd(versions, threads),
    service,
    mount,
    v3Units: others,
    cpus: countCpus(cpus ?? ''),
  }
}

export function toConfigure(config: FrontendConfig, { conf, dropIn, cpus }: Server): readonly Action[] {
  const tying = toTie(tieOf(config), dropIn, 'a server that starts before its volume is mounted answers nobody')
  const content = printNfsConf(wantedSettings(config.nfs, cpus))
  if (conf === content) return tying
  const because = conf === undefined ? 'the server has its defaults' : 'it differs from the configuration'
  return [{ do: 'write', path: confPath, content, was: conf, mode: 0o644, because }, ...tying]
}

/**
 * mountd leaves a client that asks for an export with `mountpoint` without an answer while nothing is mounted there, and
 * the kernel does not ask mountd again: a client that asked too early hangs for good. And the 90 s in which clients get
 * back what they had open begin when the server starts. nfs-server-generator(8) of nfs-utils 2.6.2 orders the server
 * behind no such mount, but before all of NFS in /etc/fstab: at a boot without the volume, EFS is mounted when systemd no
 * longer waits for that.
 */
function tieOf({ dataVolume }: FrontendConfig): Tie {
  return { unit, needed: [dataVolume.mountPoint], behind: [] }
}

/**
 * What makes the server run with what the files come to. Not with what is configured: where a later file turns NFSv3 on,
 * rpcbind is needed, since with NFSv3 and without it rpc.nfsd does not even start.
 */
export function toServe(server: Server): readonly (Exec | Remove)[] {
  const start = [...toRun(server.service, 0), ...toApply(server)]
  if (server.settings.v3) return [...toLetGo(server.v3Units), ...start]
  // Stopped after the server, which takes its entries out of rpcbind when it is restarted.
  return [...toMask(server.v3Units), ...start, ...toStop(server.v3Units)]
}

/**
 * The threads come and go while it runs, the versions change only in a restart. That is a pause for the clients and no
 * loss: they try again, and take back what they had open and locked in the grace period, 90 s at most.
 */
function toApply({ settings, running, service, mount }: Server): readonly Exec[] {
  if (service.active !== 'active') return []
  if (isOlder(service, mount)) return [systemctl('its volume was mounted after it was started', 'restart', unit)]
  if (!servesSame(running, settings)) return [systemctl('it serves other versions of NFS', 'restart', unit)]
  if (running?.threads === settings.threads) return []
  const argv = ['rpc.nfsd', String(settings.threads)] as const
  return [{ do: 'exec', argv, because: `it runs with ${running?.threads} threads` }]
}

/** Why it is of no use to restart the server once more. */
export function objectionToServer({ settings, running, service }: Server, past: readonly ActionOutcome[]) {
  const isRestarted = past.some(({ is, action }) => is === 'done' && action.do === 'exec' && isRestart(action))
  if (!isRestarted || service.active !== 'active' || servesSame(running, settings)) return undefined
  return refusal(
    'NFS_VERSIONS_DIFFER',
    `${unit} was restarted, and serves ${print(running)} instead of ${print(settings)}`,
    `systemctl cat ${unit} shows how rpc.nfsd is started: its options count more than /etc/nfs.conf.d`,
  )
}

/** What a file of somebody else sets otherwise than the configuration: theirs to take back. */
export function overriddenSettings({ nfs }: FrontendConfig, { settings, cpus }: Server): readonly Warning[] {
  const read = printSettings(settings)
  const wanted = printSettings(wantedSettings(nfs, cpus))
  return wanted
    .filter((setting) => !read.includes(setting))
    .map((setting) => ({
      code: 'NFS_SETTING_OVERRIDDEN',
      text: `${setting} of ${confPath} does not count: nfsconf --dump shows what a later file says`,
    }))
}

/**
 * AWS ParallelCluster's rule: four threads a core, 8 at least and 256 at most (its cookbook, environment.rb). nfs-utils
 * itself starts 8 on every machine; idle threads cost next to nothing, a missing one makes a client wait.
 */
function wantedSettings({ threads, v3 }: FrontendConfig['nfs'], cpus: number): NfsdSettings {
  return { threads: threads ?? Math.min(Math.max(4 * cpus, 8), 256), v3, v4: true }
}

/** By what systemd says of both: somebody took the volume away while the server ran. */
function isOlder({ activeSinceUs = 0 }: ServiceState, mount: ServiceState | undefined): boolean {
  return activeSinceUs < (mount?.activeSinceUs ?? 0)
}

function servesSame(running: NfsdSettings | undefined, { v3, v4 }: NfsdSettings): boolean {
  return running !== undefined && running.v3 === v3 && running.v4 === v4
}

function print(settings: NfsdSettings | undefined): string {
  const versions = [...(settings?.v3 ? ['NFSv3'] : []), ...(settings?.v4 ? ['NFSv4'] : [])]
  return versions.join(' and ') || 'nothing'
}

function isRestart({ argv }: Exec): boolean {
  return argv.join(' ') === `systemctl restart ${unit}`
}
