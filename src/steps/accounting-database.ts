import type { FrontendConfig } from '../config/frontend-schema.ts'
import { databaseDirectory } from '../config/places.ts'
import type { Action } from '../engine/action.ts'
import type { Decision } from '../engine/decision.ts'
import type { FileStat, Host } from '../engine/host.ts'
import type { Step } from '../engine/step.ts'
import { dataDirectoryOf, printMariadbConf } from '../formats/mariadb-conf.ts'
import { parseMemTotal } from '../formats/meminfo.ts'
import { ownLines } from '../formats/own-lines.ts'
import {
  type DataDirectory,
  dataDirectory,
  mariadbConf,
  mariadbUnit,
  objectionTo,
  toMake,
} from './accounting-directory.ts'
import { held } from './holds.ts'
import { dropInPath, dropInRule, type Tie, toTie } from './mount-drop-in.ts'
import { refusal } from './refusal.ts'
import { inOneLine, journalTail, keepsDying, type ServiceState, serviceState, toRun } from './service.ts'

export const slurmdbdConfPath = '/etc/slurm/slurmdbd.conf'
/** Slurm's own default for it. */
export const database = 'slurm_acct_db'

/** No password: by unix_socket MariaDB takes the kernel's word that who connects is the system's user slurm. */
const sql = {
  look: `SELECT (SELECT COUNT(*) FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = '${database}') AND (SELECT COUNT(*) FROM mysql.user WHERE User = 'slurm' AND Host = 'localhost' AND plugin = 'unix_socket') AND (SELECT COUNT(*) FROM mysql.db WHERE User = 'slurm' AND Host = 'localhost' AND Db = '${database}' AND Create_priv = 'Y')`,
  make: `CREATE DATABASE IF NOT EXISTS ${database}; CREATE USER IF NOT EXISTS slurm@localhost IDENTIFIED VIA unix_socket; ALTER USER slurm@localhost IDENTIFIED VIA unix_socket; GRANT ALL ON ${database}.* TO slurm@localhost`,
} as const

interface Seen {
  readonly service: ServiceState
  readonly dropIn: string | undefined
  readonly conf: string | undefined
  readonly confFile: FileStat | undefined
  readonly memoryMiB: number
  readonly directory: DataDirectory
  readonly slurmdbdConf: string | undefined
  /** Whether the database and its user are there, or why that cannot be told; looked at while it is active alone. */
  readonly answer: boolean | { readonly trouble: string } | undefined
  /** What the daemon said last; looked at while it does not answer. */
  readonly lastWords: string | undefined
}

/** MariaDB, on its Unix socket alone, with a database that the user slurm may use. */
export const accountingDatabase: Step<FrontendConfig, Seen> = {
  id: 'accounting-database',
  title: 'Accounting database',
  after: [],
  packages: () => ['mariadb-server'],
  units: (config) => [...held(mariadbUnit), dropInRule(tieOf(config))],
  asksAbout: () => [mariadbUnit],
  deadlineMs: () => 600_000,

  async observe(config, host, signal) {
    const [service, dropIn, conf, confFile, meminfo, slurmdbdConf] = await Promise.all([
      serviceState(mariadbUnit, host, signal),
      host.read(dropInPath(mariadbUnit)),
      host.read(mariadbConf),
      host.stat(mariadbConf),
      host.read('/proc/meminfo'),
      host.read(slurmdbdConfPath),
    ])
    const answer = service.active === 'active' ? await answerOf(host, signal) : undefined
    const isAnswered = typeof answer === 'boolean'
    return {
      service,
      dropIn,
      conf,
      confFile,
      memoryMiB: parseMemTotal(meminfo ?? ''),
      directory: await dataDirectory(config, dataDirectoryOf(conf ?? ''), host, signal),
      slurmdbdConf,
      answer,
      lastWords: isAnswered ? undefined : await journalTail(mariadbUnit, host, signal),
    }
  },

  decide(config, seen, past) {
    const { service, answer } = seen
    const objection = objectionToForeign(seen) ?? objectionTo(config, seen.directory)
    if (objection !== undefined) return objection
    const preparing = [
      ...toMake(config, seen.directory),
      ...toConfigure(config, seen),
      ...toTie(tieOf(config), seen.dropIn, 'a database that starts before its disk is mounted is another one'),
    ]
    if (preparing.length > 0) return { is: 'act', actions: preparing }
    const actions = toRun(service, seen.confFile?.changedAtMs ?? 0, past)
    if (actions.length > 0 && !keepsDying(service, past)) return { is: 'act', actions }
    if (answer === true) return { is: 'converged', because: `${database} is there, and slurm may use it` }
    if (answer === false) {
      const because = `${database} is not there, or slurm may not use it`
      return { is: 'act', actions: [{ do: 'exec', argv: ['mariadb', `--execute=${sql.make}`], because }] }
    }
    const what = answer?.trouble ?? `${mariadbUnit} is ${service.active}`
    return { is: 'wait', code: 'MARIADB_NOT_ANSWERING', for: `${what}; its last words: ${seen.lastWords || 'none'}` }
  },
}

/** What somebody else has set up: before anything is taken from it, and before slurm.conf asks for the agent's. */
function objectionToForeign({ service, conf, slurmdbdConf }: Seen): Decision | undefined {
  if (slurmdbdConf !== undefined && ownLines(slurmdbdConf) === undefined) {
    const hint = `move ${slurmdbdConfPath} away; what its database holds can be taken over by mariadb-dump`
    return refusal('SLURMDBD_CONF_TAKEN', `${slurmdbdConfPath} is not the agent's`, hint)
  }
  if (conf !== undefined || service.held || service.file === '') return undefined
  const hint = 'save what is in it, and apt-get remove mariadb-server; or have accounting on another machine'
  return refusal('MARIADB_TAKEN', `${service.file} was not installed by the agent, and is ${service.active}`, hint)
}

function tieOf(config: FrontendConfig): Tie {
  return { unit: mariadbUnit, needed: [databaseDirectory(config)], behind: [] }
}

function toConfigure(config: FrontendConfig, { conf, memoryMiB }: Seen): readonly Action[] {
  const content = printMariadbConf(databaseDirectory(config), bufferPoolMiB(memoryMiB))
  if (conf === content) return []
  const because = conf === undefined ? 'MariaDB has its defaults' : 'it differs from the configuration'
  return [{ do: 'write', path: mariadbConf, content, was: conf, mode: 0o644, because }]
}

/**
 * A quarter of the memory: slurmctld and users have the rest. Below 512 MiB slurmdbd complains; it is taken only as the
 * data grows. In whole chunks of InnoDB, so that a new kernel that leaves a little less does not restart the database.
 */
function bufferPoolMiB(memoryMiB: number): number {
  return Math.min(Math.max(Math.floor(memoryMiB / 4 / 128) * 128, 512), 4_096)
}

/** Exit code 1: no connection, or not as root. */
async function answerOf(host: Host, signal: AbortSignal): Promise<Seen['answer']> {
  const argv = ['mariadb', '--batch', '--skip-column-names', `--execute=${sql.look}`] as const
  const { exitCode, stdout, stderr } = await host.exec(argv, { signal, ok: [0, 1] })
  return exitCode === 0 ? stdout.trim() === '1' : { trouble: inOneLine(stderr) }
}
