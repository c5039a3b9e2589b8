import { basename, join } from 'node:path'
import type { JobConfig } from '../config/job-schema.ts'
import type { Action } from '../engine/action.ts'
import type { Executed, Host } from '../engine/host.ts'
import { confServerIn } from '../formats/conf-server.ts'
import { isSameConf } from '../formats/shown-config.ts'
import { withReload } from './service.ts'
import { shareOf } from './share.ts'
import {
  confPaths,
  type LocalFiles,
  localFiles,
  publishedFiles,
  slurmConfPath,
  toRemove,
  toSave,
} from './slurm-files.ts'
import { askSlurm, wordsOf } from './slurm-question.ts'
import { type OptionsTaken, optionsTaken } from './slurmd-options.ts'

/**
 * The drop-in that has slurmd fetch slurm.conf. The unit of Debian 12 has the condition that the file is in /etc/slurm; an
 * empty one takes back all that systemd has read before it: so the name comes before that of the drop-in which holds the
 * unit.
 */
export const confServerPath = '/etc/systemd/system/slurmd.service.d/slurm-node-agent-conf-server.conf'

/** Of what slurmd has fetched, where commands look for it if there is none in /etc/slurm. It stays when slurmd ends. */
const fetchedDirectory = '/run/slurm/conf'

/** Takes the place of what is there: the change of a file, other than its end, shows that slurmd is older. */
const withoutServer = '# Made by slurm-node-agent: slurmd reads slurm.conf in /etc/slurm.\n'

/** The slurmctld from which slurmd fetches slurm.conf. */
export interface ConfServer {
  /** As slurmd takes it. */
  readonly address: string
  /** Why it does not hand out the slurm.conf of the share; undefined where it does. */
  readonly trouble: string | undefined
  /** What slurmd has of it, cgroup.conf and gres.conf too; nothing as long as it does not answer. */
  readonly fetched: 'this' | 'another' | 'nothing'
  readonly optionsTaken: OptionsTaken | undefined
  /** What is in /etc/slurm from before. */
  readonly local: LocalFiles
}

export async function lookAtConfServer(config: JobConfig, host: Host, signal: AbortSignal): Promise<ConfServer> {
  const share = shareOf(config)
  const { slurmConf } = share
  const published = await publishedFiles(share, host)
  const address = confServerIn(published[slurmConfPath] ?? '')
  if (address === undefined) throw new Error(`${slurmConf} tells of no slurmctld that hands it out`)
  const [shown, slurmdStatus, taken, local, ...fetched] = await Promise.all([
    show('config', slurmConf, host, signal),
    show('slurmd', slurmConf, host, signal),
    optionsTaken('slurmd.service', confServerPath, host, signal),
    localFiles(published, host),
    ...confPaths.map((path) => host.read(join(fetchedDirectory, basename(path)))),
  ])
  const hasAll = confPaths.every((path, at) => published[path] === undefined || published[path] === fetched[at])
  return {
    address,
    trouble: troubleIn(shown, slurmConf),
    fetched: fetchedBy(slurmdStatus, hasAll),
    optionsTaken: taken,
    local,
  }
}

/** What it takes until slurmd, when it is started, fetches slurm.conf at that address, or reads the one in /etc/slurm. */
export function toPoint(address: string | undefined, was: string | undefined): readonly Action[] {
  if (address === undefined && was === undefined) return []
  const content = address === undefined ? withoutServer : print(address)
  if (content === was) return []
  const because =
    address === undefined
      ? 'slurmd is to read slurm.conf in /etc/slurm'
      : 'slurmd is to fetch slurm.conf from slurmctld'
  return withReload({ do: 'write', path: confServerPath, content, was, mode: 0o644, because })
}

/**
 * Commands take a file in /etc/slurm before what slurmd has fetched: none is left once that is what was published. slurmd
 * itself takes --conf-server before it.
 */
export function toClear({ fetched, local: { files, unsaved } }: ConfServer, config: JobConfig): readonly Action[] {
  if (fetched !== 'this') return []
  return [
    ...unsaved.map((one) => toSave(one, files, config)),
    ...confPaths.map((path) => toRemove(path, files)).filter((action) => action !== false),
  ]
}

function print(address: string): string {
  const options = `Environment="SLURMD_OPTIONS=--conf-server ${address}"`
  return ['# Made by slurm-node-agent.', '[Unit]', 'ConditionPathExists=', '[Service]', options, ''].join('\n')
}

/** With the slurm.conf of the share: what was fetched before may name a controller that is gone. */
async function show(what: string, slurmConf: string, host: Host, signal: AbortSignal): Promise<Executed> {
  return await askSlurm(['env', `SLURM_CONF=${slurmConf}`, 'scontrol', 'show', what], host, signal)
}

/** slurmd answers once it has fetched what it starts with. */
function fetchedBy(slurmdStatus: Executed, hasAll: boolean): ConfServer['fetched'] {
  if (slurmdStatus.exitCode !== 0) return 'nothing'
  return hasAll ? 'this' : 'another'
}

function troubleIn(shown: Executed, slurmConf: string): string | undefined {
  if (isSameConf(shown.stdout)) return undefined
  if (shown.exitCode === 0) return `the front end, whose slurmctld runs with another slurm.conf than ${slurmConf}`
  return wordsOf(shown) || 'slurmctld, which does not answer'
}
