import { efsOptions } from './efs-options.ts'
import { anyClient } from './export-client.ts'
import { expandNodeNames } from './node-names.ts'
import type { Incoherence, Problem } from './problem.ts'
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

/** What each value alone cannot show: places that collide, and names that are there twice or not at all. */
export function incoherences(config: Config): readonly Incoherence[] {
  return [
    ...places(config),
    ...efsOptions(config),
    ...volume(config),
    ...statePlace(config),
    ...repeated('packages', config.packages),
    ...exportClients(config),
    ...nodes(config),
    ...partitions(config),
  ]
}

function places({ efs, dataVolume }: Config): readonly Incoherence[] {
  const problems: Incoherence[] = []
  for (const [path, place] of [
    ['efs.mountPoint', efs.mountPoint],
    ['dataVolume.mountPoint', dataVolume.mountPoint],
  ] as const) {
    if (isOfTheSystem(place)) problems.push({ path, problem: `must not be in a system directory: ${place}` })
    if (overlap(place, agentPlace)) {
      problems.push({ path, problem: `must lie apart from ${agentPlace}, the agent's own: ${place}` })
    }
  }
  if (overlap(efs.mountPoint, dataVolume.mountPoint)) {
    const problem = `must lie apart from efs.mountPoint: ${dataVolume.mountPoint} and ${efs.mountPoint}`
    problems.push({ path: 'dataVolume.mountPoint', against: ['efs.mountPoint'], problem })
  }
  return problems
}

function volume({ dataVolume: { volumeId, deviceName, attach } }: Config): readonly Incoherence[] {
  const path = 'dataVolume.volumeId'
  if (volumeId !== undefined) return []
  if (attach) {
    const problem = 'must be given for the volume to be attached; a deviceName alone names what is attached already'
    return [{ path, against: ['dataVolume.attach'], problem }]
  }
  if (deviceName !== undefined) return []
  const problem = 'must be given, unless a deviceName is: one of the two tells which volume it is'
  return [{ path, against: ['dataVolume.deviceName'], problem }]
}

/** The directory is given to the user slurm, for that user alone. */
function statePlace({ efs, dataVolume, slurm: { stateSaveLocation: place } }: Config): readonly Incoherence[] {
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

/** Whoever writes the line by habit, as the script that came before did, is asked whether it is meant. */
function exportClients({ nfs: { clients = [], allowAnyClient } }: Config): readonly Problem[] {
  const index = clients.indexOf(anyClient)
  const problem = `must not be "${anyClient}", everybody who reaches this machine, unless nfs.allowAnyClient is true`
  const open = index < 0 || allowAnyClient ? [] : [{ path: `nfs.clients[${index}]`, problem }]
  return [...open, ...repeated('nfs.clients', clients)]
}

function nodes({ slurm }: Config): readonly Problem[] {
  const problems: Problem[] = []
  for (const [index, { name: list }] of slurm.nodes.entries()) {
    if (expandNodeNames(list) !== undefined) continue
    const problem = `must have ranges that run upwards, and 65536 nodes at most: ${list}`
    problems.push({ path: `slurm.nodes[${index}].name`, problem })
  }
  const names = nodesOf(slurm)
  return [...problems, ...repeated('slurm.nodes', names), ...reserved('slurm.nodes', names)]
}

function partitions({ slurm }: Config): readonly Incoherence[] {
  const problems: Incoherence[] = []
  const known = new Set(nodesOf(slurm))
  for (const [index, { nodes: list }] of slurm.partitions.entries()) {
    if (list === 'ALL') continue
    const unknown = expandNodeNames(list)?.filter((name) => !known.has(name)) ?? [list]
    if (unknown.length === 0) continue
    const path = `slurm.partitions[${index}].nodes`
    problems.push({ path, against: ['slurm.nodes'], problem: `must be among slurm.nodes: ${some(unknown)}` })
  }
  const defaults = slurm.partitions.filter((partition) => partition.default).map((partition) => partition.name)
  if (defaults.length > 1) {
    problems.push({ path: 'slurm.partitions', problem: `must have one default at most: ${some(defaults)}` })
  }
  const names = slurm.partitions.map((partition) => partition.name)
  return [...problems, ...repeated('slurm.partitions', names), ...reserved('slurm.partitions', names)]
}

function nodesOf(slurm: Config['slurm']): readonly string[] {
  return slurm.nodes.flatMap((node) => expandNodeNames(node.name) ?? [])
}

/** slurm.conf takes a line for DEFAULT as the defaults of the lines after it, and ALL for all nodes. */
function reserved(path: string, names: readonly string[]): readonly Problem[] {
  const taken = names.filter((name) => ['DEFAULT', 'ALL'].includes(name.toUpperCase()))
  return taken.length === 0
    ? []
    : [{ path, problem: `must not have a name that means something to Slurm: ${some(taken)}` }]
}

function repeated(path: string, names: readonly string[]): readonly Problem[] {
  const once = new Set<string>()
  const twice = new Set<string>()
  for (const name of names) (once.has(name) ? twice : once).add(name)
  return twice.size === 0 ? [] : [{ path, problem: `must not name twice: ${some([...twice])}` }]
}

function some(names: readonly string[]): string {
  return names.length <= 5 ? names.join(', ') : `${names.slice(0, 5).join(', ')} and ${names.length - 5} more`
}

function isOfTheSystem(place: string): boolean {
  return systemDirectories.includes(place.split('/')[1] ?? '')
}

/** May be given to slurm. Two deep: the uppermost directories are many programs'. */
function isFree(place: string): boolean {
  if (/^\/var\/(?:lib\/slurm\/.|spool\/slurm)/.test(place)) return true
  return /^\/[^/]+\/./.test(place) && !isOfTheSystem(place) && !inhabited.includes(place.split('/')[1] ?? '')
}

function overlap(one: string, other: string): boolean {
  return isWithin(one, other) || isWithin(other, one)
}

/** True for the place itself and for all below it. */
function isWithin(path: string, place: string): boolean {
  return path === place || path.startsWith(`${place}/`)
}
