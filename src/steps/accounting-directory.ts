import { dirname } from 'node:path'
import type { FrontendConfig } from '../config/frontend-schema.ts'
import { databaseDirectory, isOnDataVolume } from '../config/places.ts'
import type { Action, Exec } from '../engine/action.ts'
import type { Decision } from '../engine/decision.ts'
import type { FileStat, Host } from '../engine/host.ts'
import { parsePasswd } from '../formats/passwd.ts'
import { type ListedMount, listedMount, mountFirst } from './listed-mount.ts'
import { guardOf } from './mount-guard.ts'
import { type Opening, openingTo } from './opening.ts'
import { userOf } from './owner.ts'
import { refusal } from './refusal.ts'

/** The last setting counts, in the order of the names: after Debian's, which go up to 60. */
export const mariadbConf = '/etc/mysql/mariadb.conf.d/90-slurm-node-agent.cnf'

export const mariadbUnit = 'mariadb.service'

/** No host names, no test database, no account but root's, which the kernel vouches for. */
const installation = ['--user=mysql', '--auth-root-socket-user=root', '--skip-test-db', '--cross-bootstrap'] as const

export interface DataDirectory {
  readonly found: FileStat | undefined
  /** There are system tables in it. */
  readonly isMade: boolean
  /** Whose it is where it is not mysql's, as `113:118`: that user has another number on each machine. */
  readonly foreign: string | undefined
  /** What is in it; looked at while there are no system tables. */
  readonly holds: readonly string[]
  /** What was being made when a run was cut off. */
  readonly unfinished: FileStat | undefined
  /** The disk that the directory is on; undefined for the root disk. */
  readonly disk: ListedMount | undefined
  /** By the file that an earlier run has written once the database was made; undefined before there was one. */
  readonly configured: string | undefined
  /** Whether there still is one in another place that is configured; `unknown` while the disk of that is not mounted. */
  readonly elsewhere: 'none' | 'there' | 'unknown'
  readonly opening: Opening | undefined
  /** It is a database on the data volume whose owner, as that of what is unfinished, can only be a daemon. */
  readonly isOfFrontEndBefore: boolean
}

export async function dataDirectory(
  config: FrontendConfig,
  configured: string | undefined,
  host: Host,
  signal: AbortSignal,
): Promise<DataDirectory> {
  const directory = databaseDirectory(config)
  const other = configured === directory ? undefined : configured
  // First of all: were it mounted in between, the database would seem to be gone.
  const disk = await listedMount(directory, mariadbUnit, host, signal)
  const [found, tables, data, unfinished, elsewhere, opening, passwd] = await Promise.all([
    host.stat(directory),
    host.stat(tablesOf(directory)),
    host.stat(`${directory}/ibdata1`),
    host.stat(unfinishedOf(directory)),
    databaseIn(other, host, signal),
    openingTo(directory, 'mysql', config, host),
    host.read('/etc/passwd'),
  ])
  const isMade = tables !== undefined
  const isOfDaemon = (file: FileStat | undefined) => file === undefined || isDaemons(file, passwd ?? '')
  return {
    found,
    isMade,
    // Of the directory itself, too: it is given away last, when all else is mysql's.
    foreign: [tables, found].find((file) => file !== undefined && userOf(file) !== 'mysql')?.owner,
    holds: isMade || found?.kind !== 'directory' ? [] : await host.list(directory),
    unfinished,
    disk,
    configured,
    elsewhere,
    opening,
    isOfFrontEndBefore:
      isOnDataVolume(directory, config) &&
      [found, tables, unfinished].every(isOfDaemon) &&
      (!isMade || data?.kind === 'file'),
  }
}

/** By a number of the system's (adduser(8) gives users those from 1000 on), with or without a name on this machine. */
function isDaemons(file: FileStat, passwd: string): boolean {
  const user = userOf(file)
  const uid = parsePasswd(passwd).find(({ name }) => name === user)?.uid ?? Number(user)
  return uid > 0 && uid < 1_000
}

async function databaseIn(
  directory: string | undefined,
  host: Host,
  signal: AbortSignal,
): Promise<DataDirectory['elsewhere']> {
  if (directory === undefined) return 'none'
  const disk = await listedMount(directory, mariadbUnit, host, signal)
  if ((await host.stat(tablesOf(directory))) !== undefined) return 'there'
  return disk === undefined || disk.is === 'mounted' ? 'none' : 'unknown'
}

/** Why nothing can be made there, or had from there, and what comes before it can. */
export function objectionTo(config: FrontendConfig, seen: DataDirectory): Decision | undefined {
  const directory = databaseDirectory(config)
  const { found, isMade, foreign, holds, unfinished, disk, configured, elsewhere, opening, isOfFrontEndBefore } = seen
  if (elsewhere !== 'none') {
    const there = elsewhere === 'there' ? 'the database is in' : 'the disk is not mounted of'
    return refusal(
      'ACCOUNTING_DATA_ELSEWHERE',
      `${there} ${configured}, by the configuration before, and accounting.directory is ${directory}`,
      `systemctl stop slurm-node-agent.timer slurmdbd mariadb; then move ${configured} to ${directory}, run apply and start the timer; or set accounting.directory back`,
    )
  }
  const mounting = mountFirst(disk, 'ACCOUNTING_DISK_NOT_MOUNTED')
  if (mounting !== undefined) return mounting
  if (opening !== undefined) {
    const because = `${opening.because}: others than mysql could choose the database, ${directory}`
    return refusal('ACCOUNTING_DIRECTORY_TAKEN', because, opening.hint)
  }
  const hint = 'move it away, or choose another accounting.directory'
  if (found !== undefined && found.kind !== 'directory') {
    return refusal('ACCOUNTING_DIRECTORY_TAKEN', `${directory} is a ${found.kind}, no directory`, hint)
  }
  if (isMade) {
    if (foreign === undefined || isOfFrontEndBefore) return undefined
    return refusal(
      'ACCOUNTING_DIRECTORY_TAKEN',
      `the database in ${directory} belongs to ${foreign}, not to mysql, as one that comes from another machine`,
      `systemctl stop mariadb; chown --recursive mysql:mysql ${directory}; and run apply`,
    )
  }
  if (configured === directory) {
    return refusal(
      'ACCOUNTING_DATA_GONE',
      `the database was in ${directory}, and is not there any more`,
      `mount its disk or put it back; to begin anew without what was recorded, stop mariadb and remove the line datadir= from ${mariadbConf}`,
    )
  }
  if (disk?.mountPoint === directory) {
    const below = `choose a directory below it: ${directory}/mysql`
    return refusal(
      'ACCOUNTING_DIRECTORY_TAKEN',
      `${directory} is a mount point, which nothing can be renamed to`,
      below,
    )
  }
  if (unfinished !== undefined && !isOfFrontEndBefore && !['root', 'mysql'].includes(userOf(unfinished))) {
    const beside = unfinishedOf(directory)
    const because = `${beside}, where the database is to be made, belongs to ${unfinished.owner}`
    return refusal('ACCOUNTING_DIRECTORY_TAKEN', because, `move ${beside} away, or choose another accounting.directory`)
  }
  if (holds.length > 0) {
    const because = `${directory} holds ${JSON.stringify(holds[0])}, and no database` // quoted: anybody may have named it
    return refusal('ACCOUNTING_DIRECTORY_TAKEN', because, hint)
  }
  return undefined
}

/**
 * Made beside its place and renamed: a cut off mariadb-install-db leaves tables that the next one takes for whole. rename(2)
 * takes the place of nothing and of an empty directory alone.
 */
export function toMake(config: FrontendConfig, seen: DataDirectory): readonly Action[] {
  const directory = databaseDirectory(config)
  const beside = unfinishedOf(directory)
  const guard = guardOf(directory, config, seen.disk)
  const run = (because: string, ...argv: Exec['argv']): Exec => ({ do: 'exec', argv, ...guard, because })
  if (seen.isMade) {
    if (seen.foreign === undefined) return []
    const why = `the front end before has left it, whose mysql is ${seen.foreign} here`
    return [
      // Not chown --recursive: not each has the directory itself last.
      run(why, 'find', directory, '-xdev', '-depth', '-exec', 'chown', '--no-dereference', 'mysql:mysql', '{}', '+'),
      run('it must be so on the disk before it is configured', 'sync', '--file-system', directory),
    ]
  }
  const because = `there is no database in ${directory}`
  return [
    ...(seen.unfinished === undefined ? [] : [run('an earlier run was cut off', 'find', beside, '-xdev', '-delete')]),
    run(because, 'mariadb-install-db', `--datadir=${beside}`, ...installation),
    run('it must be whole on the disk before it is in its place', 'sync', '--file-system', beside),
    run(because, 'mv', '--no-target-directory', beside, directory),
    run('it must be in its place for good before it is configured', 'sync', dirname(directory)),
  ]
}

function tablesOf(directory: string): string {
  return `${directory}/mysql`
}

function unfinishedOf(directory: string): string {
  return `${directory}.slurm-node-agent`
}
