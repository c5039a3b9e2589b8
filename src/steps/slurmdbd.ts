import type { FrontendConfig } from '../config/frontend-schema.ts'
import { databaseDirectory } from '../config/places.ts'
import type { Action } from '../engine/action.ts'
import type { FileStat, Host } from '../engine/host.ts'
import type { Step } from '../engine/step.ts'
import { ownLines } from '../formats/own-lines.ts'
import { printSlurmdbdConf } from '../formats/slurm-conf.ts'
import { database, slurmdbdConfPath } from './accounting-database.ts'
import { mariadbUnit } from './accounting-directory.ts'
import { held } from './holds.ts'
import { dropInPath, dropInRule, type Tie, toTie } from './mount-drop-in.ts'
import { keepsDying, lastLines, type ServiceState, serviceState, toRun } from './service.ts'
import { askSlurm, wordsOf } from './slurm-question.ts'

const unit = 'slurmdbd.service'
const logPath = '/var/log/slurm/slurmdbd.log'
/** slurmdbd takes no other: its file may hold a password. */
const permissions = { mode: 0o600, owner: { user: 'slurm', group: 'slurm' } } as const

interface Seen {
  readonly service: ServiceState
  readonly dropIn: string | undefined
  readonly conf: string | undefined
  readonly confFile: FileStat | undefined
  /** Empty where sacctmgr has its answer, else what it says instead; looked at while the service is active alone. */
  readonly trouble: string | undefined
  /** The last lines that the daemon wrote; looked at while it does not answer. */
  readonly lastWords: string | undefined
}

/** slurmdbd, running with its file as it is now, and answering. */
export const slurmdbd: Step<FrontendConfig, Seen> = {
  id: 'slurmdbd',
  title: 'Slurm accounting',
  // slurm.conf: it is how sacctmgr finds slurmdbd.
  after: ['hostname', 'munge', 'slurm-conf', 'accounting-database'],
  packages: () => ['slurmdbd', 'slurm-client'],
  units: (config) => [...held(unit), dropInRule(tieOf(config))],
  asksAbout: () => [unit],
  deadlineMs: () => 180_000,

  async observe(_config, host, signal) {
    const [service, dropIn, conf, confFile] = await Promise.all([
      serviceState(unit, host, signal),
      host.read(dropInPath(unit)),
      host.read(slurmdbdConfPath),
      host.stat(slurmdbdConfPath),
    ])
    const trouble = service.active === 'active' ? await slurmdbdTrouble(host, signal) : undefined
    const lastWords = trouble === '' ? undefined : await lastLines(unit, logPath, host, signal)
    return { service, dropIn, conf, confFile, trouble, lastWords }
  },

  decide(config, seen, past) {
    const { service, trouble } = seen
    const preparing = [
      ...toConfigure(config, seen),
      ...toTie(tieOf(config), seen.dropIn, 'slurmdbd needs its database and Munge'),
    ]
    if (preparing.length > 0) return { is: 'act', actions: preparing }
    const actions = toRun(service, seen.confFile?.changedAtMs ?? 0, past)
    if (actions.length > 0 && !keepsDying(service, past)) return { is: 'act', actions }
    if (trouble === '') return { is: 'converged', because: 'sacctmgr has an answer' }
    const what = trouble ?? `${unit} is ${service.active}`
    return { is: 'wait', code: 'SLURMDBD_NOT_ANSWERING', for: `${what}; its last words: ${seen.lastWords || 'none'}` }
  },
}

function tieOf(config: FrontendConfig): Tie {
  return { unit, needed: [databaseDirectory(config)], behind: ['munge.service', mariadbUnit] }
}

function toConfigure({ hostname }: FrontendConfig, { conf, confFile }: Seen): readonly Action[] {
  const content = printSlurmdbdConf(hostname, database, ownLines(conf ?? '') ?? '')
  if (conf !== content) {
    const because = conf === undefined ? 'it is not there' : 'it differs from the configuration'
    return [{ do: 'write', path: slurmdbdConfPath, content, was: conf, ...permissions, because }]
  }
  if (confFile?.mode === permissions.mode && confFile.owner === 'slurm:slurm') return []
  return [{ do: 'permit', path: slurmdbdConfPath, ...permissions, because: 'slurmdbd takes it from slurm alone' }]
}

/** Empty where it answers. */
export async function slurmdbdTrouble(host: Host, signal: AbortSignal): Promise<string> {
  const question = ['sacctmgr', '--noheader', '--parsable2', 'show', 'cluster', 'format=cluster'] as const
  const answer = await askSlurm(question, host, signal)
  return answer.exitCode === 0 ? '' : wordsOf(answer) || 'no answer'
}
