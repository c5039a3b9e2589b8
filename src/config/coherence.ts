import { someNames } from '../engine/some-names.ts'
import { efsOptions } from './efs-options.ts'
import { anyClient } from './export-client.ts'
import type { FrontendConfig } from './frontend-schema.ts'
import { nodeGres } from './gres.ts'
import type { JobConfig } from './job-schema.ts'
import { expandNodeNames } from './node-names.ts'
import { daemonPlaces, databasePlace, mountPoints, overlap, statePlace, volumeOf } from './places.ts'
import type { Incoherence, Problem } from './problem.ts'
import { repeated } from './repeated.ts'
import type { Config } from './schema.ts'
import { shareDirectory } from './share-directory.ts'

/** What each value alone cannot show: places that collide, and names that are there twice or not at all. */
export function incoherences(config: Config): readonly Incoherence[] {
  return [
    ...(config.role === 'frontend' ? ofFrontend(config) : ofJob(config)),
    ...efsOptions(config),
    ...repeated('packages', config.packages),
    ...homes(config),
    ...repeated(
      'users',
      config.users.map(({ name }) => name),
    ),
    ...repeated(
      'users',
      config.users.map(({ uid }) => `uid ${uid}`),
    ),
  ]
}

function ofFrontend(config: FrontendConfig): readonly Incoherence[] {
  return [
    ...mountPoints(config.efs, 'dataVolume.mountPoint', config.dataVolume.mountPoint),
    ...volume(config),
    ...statePlace(config),
    ...databasePlace(config),
    ...exportClients(config),
    ...nodes(config),
    ...nodeGres(config.slurm.nodes),
    ...partitions(config),
    ...ports(config),
  ]
}

function ofJob({ hostname, efs, nfs }: JobConfig): readonly Incoherence[] {
  return [
    ...mountPoints(efs, 'nfs.mountPoint', nfs.mountPoint),
    ...ranges('hostname', hostname),
    ...repeated('hostname', expandNodeNames(hostname) ?? []),
  ]
}

function ranges(path: string, list: string): readonly Problem[] {
  if (expandNodeNames(list) !== undefined) return []
  return [{ path, problem: `must have ranges that run upwards, and 65536 nodes at most: ${list}` }]
}

/** All machines must find it, and nobody's is where the cluster's key is, or a daemon keeps its data. */
function homes(config: Config): readonly Incoherence[] {
  const { efs, users } = config
  const path = config.role === 'frontend' ? 'dataVolume.mountPoint' : 'nfs.mountPoint'
  const stores = [efs.mountPoint, volumeOf(config).mountPoint]
  const others = [shareDirectory(efs.mountPoint), ...(config.role === 'frontend' ? daemonPlaces(config) : [])]
  return users.flatMap(({ home }, index) => {
    const isStored = stores.some((store) => home.startsWith(`${store}/`))
    if (isStored && !others.some((place) => overlap(home, place))) return []
    const problem = `must be a directory below ${stores.join(' or ')}, and apart from ${others.join(', ')}: ${home}`
    const against = ['efs.mountPoint', path, 'slurm.stateSaveLocation', 'accounting.enabled', 'accounting.directory']
    return [{ path: `users[${index}].home`, against, problem }]
  })
}

function volume({ dataVolume: { volumeId, deviceName, attach } }: FrontendConfig): readonly Incoherence[] {
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

/** Whoever writes the line by habit, as the script that came before did, is asked whether it is meant. */
function exportClients({ nfs: { clients = [], allowAnyClient } }: FrontendConfig): readonly Problem[] {
  const index = clients.indexOf(anyClient)
  const problem = `must not be "${anyClient}", everybody who reaches this machine, unless nfs.allowAnyClient is true`
  const open = index < 0 || allowAnyClient ? [] : [{ path: `nfs.clients[${index}]`, problem }]
  return [...open, ...repeated('nfs.clients', clients)]
}

function nodes({ slurm }: FrontendConfig): readonly Problem[] {
  const problems = slurm.nodes.flatMap(({ name, features = [] }, index) => [
    ...ranges(`slurm.nodes[${index}].name`, name),
    ...repeated(`slurm.nodes[${index}].features`, features),
  ])
  const names = nodesOf(slurm)
  return [...problems, ...repeated('slurm.nodes', names), ...reserved('slurm.nodes', names)]
}

function partitions({ slurm }: FrontendConfig): readonly Incoherence[] {
  const problems: Incoherence[] = []
  const known = new Set(nodesOf(slurm))
  for (const [index, { nodes: list }] of slurm.partitions.entries()) {
    if (list === 'ALL') continue
    const unknown = expandNodeNames(list)?.filter((name) => !known.has(name)) ?? [list]
    if (unknown.length === 0) continue
    const path = `slurm.partitions[${index}].nodes`
    problems.push({ path, against: ['slurm.nodes'], problem: `must be among slurm.nodes: ${someNames(unknown)}` })
  }
  const defaults = slurm.partitions.filter((partition) => partition.default).map((partition) => partition.name)
  if (defaults.length > 1) {
    problems.push({ path: 'slurm.partitions', problem: `must have one default at most: ${someNames(defaults)}` })
  }
  const names = slurm.partitions.map((partition) => partition.name)
  return [...problems, ...repeated('slurm.partitions', names), ...reserved('slurm.partitions', names)]
}

function ports({ slurm: { srunPorts } }: FrontendConfig): readonly Incoherence[] {
  if (srunPorts.from <= srunPorts.to) return []
  const problem = `must not be below slurm.srunPorts.from: ${srunPorts.to} and ${srunPorts.from}`
  return [{ path: 'slurm.srunPorts.to', against: ['slurm.srunPorts.from'], problem }]
}

function nodesOf(slurm: FrontendConfig['slurm']): readonly string[] {
  return slurm.nodes.flatMap((node) => expandNodeNames(node.name) ?? [])
}

/** slurm.conf takes a line for DEFAULT as the defaults of the lines after it, and ALL for all nodes. */
function reserved(path: string, names: readonly string[]): readonly Problem[] {
  const taken = names.filter((name) => ['DEFAULT', 'ALL'].includes(name.toUpperCase()))
  return taken.length === 0
    ? []
    : [{ path, problem: `must not have a name that means something to Slurm: ${someNames(taken)}` }]
}
