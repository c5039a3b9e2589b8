import type { JobConfig } from '../config/job-schema.ts'
import type { Action } from '../engine/action.ts'
import type { Executed, Host } from '../engine/host.ts'
import { confServerIn } from '../formats/conf-server.ts'
import { isSameConf } from '../formats/shown-config.ts'
import { type Refusal, refusal } from './refusal.ts'
import { systemctl } from './service.ts'
import { shareOf } from './share.ts'
import { askSlurm, wordsOf } from './slurm-question.ts'

/**
 * The drop-in that has slurmd fetch slurm.conf. The unit of Debian 12 has the condition that the file is in /etc/slurm; an
 * empty one takes back all that systemd has read before it: so the name comes before that of the drop-in which holds the
 * unit.
 */
export const confServerPath = '/etc/systemd/system/slurmd.service.d/slurm-node-agent-conf-server.conf'

/** What slurmd has fetched, where commands look for it if there is none in /etc/slurm. */
const fetchedPath = '/run/slurm/conf/slurm.conf'

/** Read by Debian's unit: what is set there counts more than what is set in a unit or its drop-ins. */
const defaultsPath = '/etc/default/slurmd'

/** The slurmctld from which slurmd fetches slurm.conf. */
export interface ConfServer {
  /** As slurmd takes it. */
  readonly address: string
  /** Why it does not hand out the slurm.conf of the share; undefined where it does. */
  readonly trouble: string | undefined
  /** What slurmd has of it; nothing as long as it does not answer. */
  readonly fetched: 'this' | 'another' | 'nothing'
  /** Something else gives slurmd its options. */
  readonly isOverridden: boolean
}

/** `published`: slurm.conf as it is on the share. */
export async function lookAtConfServer(
  config: JobConfig,
  published: string,
  host: Host,
  signal: AbortSignal,
): Promise<ConfServer> {
  const { slurmConf } = shareOf(config)
  const address = confServerIn(published)
  if (address === undefined) throw new Error(`${slurmConf} tells of no slurmctld that hands it out`)
  const [shown, fetched, defaults] = await Promise.all([
    show('config', slurmConf, host, signal),
    host.read(fetchedPath),
    host.read(defaultsPath),
  ])
  return {
    address,
    trouble: troubleIn(shown, slurmConf),
    fetched: fetched === published ? 'this' : await otherThanPublished(slurmConf, host, signal),
    isOverridden: /^[ \t]*SLURMD_OPTIONS=/m.test(defaults ?? ''),
  }
}

/** What it takes until slurmd, when it is started, fetches slurm.conf at that address, or reads the one in /etc/slurm. */
export function toPoint(address: string | undefined, was: string | undefined): readonly Action[] {
  const content = address === undefined ? undefined : print(address)
  if (content === was) return []
  const reload = systemctl('unit files changed', 'daemon-reload')
  if (content === undefined) {
    return [{ do: 'remove', path: confServerPath, because: 'slurmd is to read slurm.conf in /etc/slurm' }, reload]
  }
  const because = 'slurmd is to fetch slurm.conf from slurmctld'
  return [{ do: 'write', path: confServerPath, content, was, mode: 0o644, because }, reload]
}

export function overridden(): Refusal {
  return refusal(
    'SLURMD_OPTIONS_TAKEN',
    `${defaultsPath} sets SLURMD_OPTIONS, by which slurmd is to be told where it fetches slurm.conf`,
    `take SLURMD_OPTIONS out of ${defaultsPath}, or set slurm.configless to false`,
  )
}

function print(address: string): string {
  const options = `Environment="SLURMD_OPTIONS=--conf-server ${address}"`
  return ['# Made by slurm-node-agent.', '[Unit]', 'ConditionPathExists=', '[Service]', options, ''].join('\n')
}

/** With the slurm.conf of the share: what was fetched before may name a controller that is gone. */
async function show(what: string, slurmConf: string, host: Host, signal: AbortSignal): Promise<Executed> {
  return await askSlurm(['env', `SLURM_CONF=${slurmConf}`, 'scontrol', 'show', what], host, signal)
}

function troubleIn(shown: Executed, slurmConf: string): string | undefined {
  if (isSameConf(shown.stdout)) return undefined
  if (shown.exitCode === 0) return `the front end, whose slurmctld runs with another slurm.conf than ${slurmConf}`
  return wordsOf(shown) || 'slurmctld, which does not answer'
}

/** slurmd answers once it has fetched what it starts with. */
async function otherThanPublished(slurmConf: string, host: Host, signal: AbortSignal): Promise<'another' | 'nothing'> {
  const { exitCode } = await show('slurmd', slurmConf, host, signal)
  return exitCode === 0 ? 'another' : 'nothing'
}
