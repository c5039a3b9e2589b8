import { join } from 'node:path'
import type { FrontendConfig } from '../config/frontend-schema.ts'
import type { Remove } from '../engine/action.ts'
import type { FileStat, Host } from '../engine/host.ts'
import type { Step } from '../engine/step.ts'
import { held } from './holds.ts'
import { dropInPath, dropInRule, type Tie, toTie } from './mount-drop-in.ts'
import { guardOf } from './mount-guard.ts'
import { keepsDying, lastLines, type ServiceState, serviceState, toRun } from './service.ts'
import { confPaths } from './slurm-files.ts'
import { type Condition, conditionSeen, toBeginAtBoot } from './slurmctld-at-boot.ts'

export const slurmctldUnit = 'slurmctld.service'
const logPath = '/var/log/slurm/slurmctld.log'

interface Seen {
  readonly service: ServiceState
  readonly dropIn: string | undefined
  readonly condition: Condition
  readonly files: readonly (FileStat | undefined)[]
  /** What scontrol ping says; of a daemon that is not this service's, nothing. */
  readonly ping: string | undefined
  /** The last lines that the daemon wrote; looked at while it does not answer. */
  readonly lastWords: string | undefined
  /** Whose state it is, as `slurm-cluster|1234`; looked at while slurmctld says that the name or the ID in it is wrong. */
  readonly cluster: string | undefined
}

/** slurmctld, running with its files as they are now, and answering. */
export const slurmctld: Step<FrontendConfig, Seen> = {
  id: 'slurmctld',
  title: 'Slurm controller',
  after: ['hostname', 'munge', 'slurm-conf', 'munge-key-nodes'],
  packages: () => ['slurmctld', 'slurm-client'],
  units: (config) => [...held(slurmctldUnit), dropInRule(tieOf(config))],
  asksAbout: () => [slurmctldUnit],
  deadlineMs: () => 180_000,

  async observe(config, host, signal) {
    const [service, answer, dropIn, condition, ...files] = await Promise.all([
      serviceState(slurmctldUnit, host, signal),
      pinged(host, signal), // at once: a daemon that does not run is quick to say so
      host.read(dropInPath(slurmctldUnit)),
      conditionSeen(config, host, signal),
      ...confPaths.map((path) => host.stat(path)),
    ])
    const ping = service.active === 'active' ? answer : undefined
    const lastWords = isUp(ping) ? undefined : await lastLines(slurmctldUnit, logPath, host, signal)
    const isMismatch = /CLUSTER (ID|NAME) MISMATCH/.test(lastWords ?? '')
    const cluster = isMismatch ? await host.read(clusterPathOf(config)) : undefined
    return { service, dropIn, condition, files, ping, lastWords, cluster }
  },

  decide(config, seen, past) {
    const { service, dropIn, condition, files, ping, lastWords } = seen
    const because = 'a controller that starts before its state is mounted loses its jobs'
    const tying = [...toTie(tieOf(config), dropIn, because), ...toBeginAtBoot(config, condition)]
    if (tying.length > 0) return { is: 'act', actions: tying }
    const filesChangedAtMs = Math.max(0, ...files.map((file) => file?.changedAtMs ?? 0))
    const actions = [...toForgetCluster(config, seen), ...toRun(service, filesChangedAtMs, past)]
    if (actions.length > 0 && !keepsDying(service, past)) return { is: 'act', actions }
    if (isUp(ping)) return { is: 'converged', because: ping ?? '' }
    return {
      is: 'wait',
      code: 'SLURMCTLD_NOT_UP',
      for: `${ping ?? `${slurmctldUnit} is ${service.active}`}; its last words: ${lastWords || 'none'}`,
    }
  },
}

/**
 * Without the file that says whose state it is, slurmctld makes it anew, and takes the rest of its state. It does not sync
 * it: after a power cut it may be there, and empty, or of zeros. From 24.11 on it keeps an ID of its cluster beside the
 * name, and ends where the database has another: accounting is new, or its data or this machine are (_init_db_conn). The
 * state of a cluster with another name is not touched.
 */
function toForgetCluster(config: FrontendConfig, { service, cluster }: Seen): readonly Remove[] {
  if (service.active === 'active' || cluster === undefined) return []
  const isEmpty = /^\0*$/.test(cluster)
  if (!isEmpty && cluster.split('|')[0] !== config.slurm.clusterName) return []
  const path = clusterPathOf(config)
  const because = isEmpty
    ? 'a power cut has emptied it, and slurmctld takes that for the name of another cluster'
    : 'the database has another ID for the cluster than slurmctld has kept there'
  return [{ do: 'remove', path, ...guardOf(path, config), because }]
}

function clusterPathOf({ slurm }: FrontendConfig): string {
  return join(slurm.stateSaveLocation, 'clustername')
}

/** It is to start behind slurmdbd, and does without it once it has state: jobs run on, and are told of later. */
function tieOf({ slurm, accounting }: FrontendConfig): Tie {
  const behind = ['munge.service', ...(accounting.enabled ? ['slurmdbd.service'] : [])]
  return { unit: slurmctldUnit, needed: [slurm.stateSaveLocation], behind }
}

/** `Slurmctld(primary) at frontend-server is UP`; exit code 1 with `is DOWN`. */
async function pinged(host: Host, signal: AbortSignal): Promise<string> {
  const { stdout } = await host.exec(['scontrol', 'ping'], { signal, ok: [0, 1] })
  return stdout.trim().split('\n')[0] ?? ''
}

function isUp(ping: string | undefined): boolean {
  return ping?.endsWith(' is UP') ?? false
}
