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

const agentPlace = '/opt/slurm-node-agent'

/** Of the root disk; not where Debian has MariaDB's data, which its package fills by itself, whole or not. */
const databasePlaceOfRootDisk = '/var/lib/slurm-accounting'

/** The volume of the cluster, on the machine that has it and where it is mounted from there. */
export function volumeOf(config: Config): { readonly mountPoint: string } {
  return config.role === 'frontend' ? config.dataVolume : config.nfs
}

/** MariaDB's data: by default on the data volume, which a new front end takes over. */
export function databaseDirectory({ accounting, dataVolume }: FrontendConfig): string {
  return accounting.directory ?? `${dataVolume.mountPoint}/slurm-accounting`
}

/** Where daemons keep what is theirs alone. */
export function daemonPlaces(config: FrontendConfig): readonly string[] {
  const { slurm, accounting } = config
  return [slurm.stateSaveLocation, ...(accounting.enabled ? [databaseDirectory(config)] : [])]
}

export function isOnDataVolume(place: string, { dataVolume }: FrontendConfig): boolean {
  return isWithin(place, dataVolume.mountPoint)
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
  const exported = dataVolume.mountPoint
  if (!isFree(place) && !isWithin(place, efs.mountPoint) && !isWithin(place, exported)) {
    const problem = `must be a directory of its own, below /var/lib/slurm, /var/spool/slurm… or a directory outside of the system: ${place}`
    problems.push({ path, against: ['efs.mountPoint', 'dataVolume.mountPoint'], problem })
  }
  if (isWithin(efs.mountPoint, place)) {
    problems.push({ path, against: ['efs.mountPoint'], problem: `must not hold efs.mountPoint: ${place}` })
  } else if (overlap(place, shared)) {
    // Whoever owns that directory could choose the cluster's key.
    const problem = `must lie apart from the cluster's directory on the share ${shared}: ${place}`
    problems.push({ path, against: ['efs.mountPoint'], problem })
  }
  if (isWithin(exported, place)) {
    const problem = `must not hold the exported tree ${exported}, which only slurm could then enter; take a directory below it, as ${exported}/slurmctld`
    problems.push({ path, against: ['dataVolume.mountPoint'], problem })
  }
  return problems
}

/** Nobody but MariaDB may write there; InnoDB trusts what it finds. */
export function databasePlace(config: FrontendConfig): readonly Incoherence[] {
  const { efs, dataVolume, slurm, accounting } = config
  if (!accounting.enabled) return []
  const path = 'accounting.directory'
  const place = databaseDirectory(config)
  const exported = dataVolume.mountPoint
  const others = [
    ['efs.mountPoint', efs.mountPoint, 'the share'],
    ['slurm.stateSaveLocation', slurm.stateSaveLocation, 'the state of slurmctld'],
  ] as const
  const problem = `must be ${databasePlaceOfRootDisk}, or a directory of its own outside of the system and of /home, such as /srv/accounting/mysql: ${place}`
  const isFreeForIt = place === databasePlaceOfRootDisk || isOutside(place) || isWithin(place, exported)
  // MariaDB's unit sees nothing below /home (ProtectHome=).
  const isPlaced = isFreeForIt && !isWithin(exported, place) && !isWithin(place, '/home')
  return [
    ...(isPlaced ? [] : [{ path, against: ['dataVolume.mountPoint'], problem }]),
    ...others
      .filter(([, other]) => overlap(place, other))
      .map(([key, other, what]) => ({
        path,
        against: [key, 'dataVolume.mountPoint'],
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
export function isWithin(path: string, place: string): boolean {
  return path === place || path.startsWith(`${place}/`)
}
