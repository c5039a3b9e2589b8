import type { FrontendConfig } from './frontend-schema.ts'
import type { Incoherence } from './problem.ts'
import type { Config } from './schema.ts'
import { shareDirectory } from './share-directory.ts'

/** Mounting over these, or giving them to another user, takes the machine down. */
const systemDirectories = [
  'bin',
  'boot',
  'dev',
  'etc',
  'lib',
  'lib32',
  'lib64',
  'proc',
  'root',
  'run',
  'sbin',
  'snap',
  'sys',
  'tmp',
  'usr',
  'var',
]

/** Neither of the system nor for others: homes and programs live here, the agent's own too. */
const inhabited = ['home', 'opt']

/** Where MariaDB's data is by default: not where Debian has it, which its package fills by itself, whole or not. */
export const accountingPlace = '/var/lib/slurm-accounting'

const agentPlace = '/opt/slurm-node-agent'

/** The volume of the cluster, on the machine that has it and where it is mounted from there. */
export function volumeOf(config: Config): { readonly mountPoint: string } {
  return config.role === 'frontend' ? config.dataVolume : config.nfs
}

/** The mount points of a role, each by its path in the configuration: apart from each other and from the system. */
export function mountPoints(efs: Config['efs'], path: string, mountPoint: string): readonly Incoherence[] {
  const problems: Incoherence[] = []
  for (const [at, place] of [
    ['efs.mountPoint', efs.mountPoint],
    [path, mountPoint],
  ] as const) {
    if (isOfTheSystem(place)) problems.push({ path: at, problem: `must not be in a system directory: ${place}` })
    if (overlap(place, agentPlace)) {
      problems.push({ path: at, problem: `must lie apart from ${agentPlace}, the agent's own: ${place}` })
    }
  }
  if (overlap(efs.mountPoint, mountPoint)) {
    const problem = `must lie apart from efs.mountPoint: ${mountPoint} and ${efs.mountPoint}`
    problems.push({ path, against: ['efs.mountPoint'], problem })
  }
  return problems
}

/** The directory is given to the user slurm, for that user alone. */
export function statePlace({
  efs,
  dataVolume,
  slurm: { stateSaveLocation: place },
}: FrontendConfig): readonly Incoherence[] {
  const path = 'slurm.stateSaveLocation'
  const shared = shareDirectory(efs.mountPoint)
  const problems: Incoherence[] = []
  if (!isFree(place) && !isWithin(place, efs.mountPoint)) {
    const problem = `must be a directory of its own, below /var/lib/slurm, /var/spool/slurm… or a directory outside of the system: ${place}`
    problems.push({ path, against: ['efs.mountPoint'], problem })
  }
  if (isWithin(efs.mountPoint, place)) {
    problems.push({ path, against: ['efs.mountPoint'], problem: `must not hold efs.mountPoint: ${place}` })
  } else if (overlap(place, shared)) {
    // Whoever owns that directory could choose the cluster's key.
    const problem = `must lie apart from the cluster's directory on the share ${shared}: ${place}`
    problems.push({ path, against: ['efs.mountPoint'], problem })
  }
  const exported = dataVolume.mountPoint
  const elsewhere = `keep it on this machine, as in /var/lib/slurm/slurmctld, or on EFS, as in ${efs.mountPoint}/slurmctld`
  if (isWithin(place, exported)) {
    // root_squash does not keep them from it: who is root there can take the uid of slurm.
    const problem = `must lie apart from the exported tree ${exported}, as whoever is root on a client could rewrite the scheduler's state there; ${elsewhere}`
    problems.push({ path, against: ['dataVolume.mountPoint'], problem })
  } else if (isWithin(exported, place)) {
    const problem = `must not hold the exported tree ${exported}, which only slurm could then enter; ${elsewhere}`
    problems.push({ path, against: ['dataVolume.mountPoint'], problem })
  }
  return problems
}

/** Nobody but MariaDB may write there; InnoDB trusts what it finds. */
export function databasePlace({ efs, dataVolume, slurm, accounting }: FrontendConfig): readonly Incoherence[] {
  if (!accounting.enabled) return []
  const path = 'accounting.directory'
  const place = accounting.directory
  const others = [
    ['efs.mountPoint', efs.mountPoint, 'the share'],
    ['dataVolume.mountPoint', dataVolume.mountPoint, 'the exported tree'],
    ['slurm.stateSaveLocation', slurm.stateSaveLocation, 'the state of slurmctld'],
  ] as const
  const problem = `must be ${accountingPlace}, or a directory of its own outside of the system, such as /srv/accounting/mysql: ${place}`
  return [
    ...(place === accountingPlace || isOutside(place) ? [] : [{ path, problem }]),
    ...others
      .filter(([, other]) => overlap(place, other))
      .map(([key, other, what]) => ({
        path,
        against: [key],
        problem: `must lie apart from ${what} ${other}: ${place}`,
      })),
  ]
}

function isOfTheSystem(place: string): boolean {
  return systemDirectories.includes(place.split('/')[1] ?? '')
}

/** May be given to slurm. */
function isFree(place: string): boolean {
  if (/^\/var\/(?:lib\/slurm\/.|spool\/slurm)/.test(place)) return true
  return isOutside(place)
}

/** Of the system, two deep: the uppermost directories are many programs'. */
function isOutside(place: string): boolean {
  return /^\/[^/]+\/./.test(place) && !isOfTheSystem(place) && !inhabited.includes(place.split('/')[1] ?? '')
}

export function overlap(one: string, other: string): boolean {
  return isWithin(one, other) || isWithin(other, one)
}

/** True for the place itself and for all below it. */
function isWithin(path: string, place: string): boolean {
  return path === place || path.startsWith(`${place}/`)
}
