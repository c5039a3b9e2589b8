import { type Gres, printGres, printGresTypes } from './gres-conf.ts'
import { withOwnLines } from './own-lines.ts'

/** Year and month of a Slurm release: 22.05 is [22, 5]. */
export type SlurmVersion = readonly [year: number, month: number]

/** One node, or several that are alike, by a list of names such as `job-[1-4]`. */
export interface SlurmNodes {
  readonly name: string
  /** Where they are to be found; without it, by their names. */
  readonly address?: string
  readonly cpus: number
  /** Of the CPUs; without it, Slurm takes each for a core. */
  readonly sockets?: number
  readonly coresPerSocket?: number
  readonly threadsPerCore?: number
  readonly memoryMiB: number
  readonly features?: readonly string[]
  readonly gres?: readonly Gres[]
}

export interface SlurmSettings {
  readonly clusterName: string
  readonly controller: { readonly name: string; readonly address: string }
  readonly stateSaveLocation: string
  readonly srunPorts: { readonly from: number; readonly to: number }
  /** Whether slurmctld hands out its configuration. */
  readonly configless: boolean
  /** Whether slurmdbd runs beside the controller. */
  readonly accounting: boolean
  readonly nodes: readonly SlurmNodes[]
  readonly partitions: readonly {
    readonly name: string
    readonly nodes: string
    readonly default: boolean
    readonly maxTime: string
  }[]
}

/** The release in a Debian version such as `22.05.8-4+deb12u3` or `1:23.11.4-1.2ubuntu5`. */
export function parseSlurmVersion(version: string): SlurmVersion | undefined {
  const match = /^(?:\d+:)?(\d{2})\.(\d{2})\./.exec(version)
  return match === null ? undefined : [Number(match[1]), Number(match[2])]
}

/** A line of a slurm.conf about nodes, as far as it says so. */
export interface NodeLine {
  /** One or several, as `job-[1-4]`. */
  readonly names: string
  readonly address: string | undefined
  readonly cpus: number | undefined
  readonly sockets: number | undefined
  readonly coresPerSocket: number | undefined
  readonly threadsPerCore: number | undefined
  readonly memoryMiB: number | undefined
}

export function nodeLines(conf: string): readonly NodeLine[] {
  return [...conf.matchAll(/^[ \t]*NodeName=(\S+)([^\n#]*)/gim)].map(([, names = '', rest = '']) => {
    const field = (name: string) => new RegExp(`\\s${name}=(\\S+)`, 'i').exec(rest)?.[1]
    return {
      names,
      address: field('NodeAddr'),
      cpus: numberIn(field('CPUs')),
      sockets: numberIn(field('Sockets')),
      coresPerSocket: numberIn(field('CoresPerSocket')),
      threadsPerCore: numberIn(field('ThreadsPerCore')),
      memoryMiB: numberIn(field('RealMemory')),
    }
  })
}

/**
 * slurm.conf for the settings, valid for that release, with the operator's own lines at its end.
 * Sources: slurm.conf(5); the time-outs and ReturnToService are those of AWS ParallelCluster.
 */
export function printSlurmConf(settings: SlurmSettings, version: SlurmVersion, own: string): string {
  const { clusterName, controller, stateSaveLocation, srunPorts, configless, accounting, nodes, partitions } = settings
  const gresTypes = printGresTypes(nodes)
  const lines = [
    `ClusterName=${clusterName}`,
    `SlurmctldHost=${controller.name}(${controller.address})`,
    'SlurmUser=slurm',
    'AuthType=auth/munge',
    `StateSaveLocation=${stateSaveLocation}`,
    'SlurmdSpoolDir=/var/lib/slurm/slurmd',
    'SlurmctldPidFile=/run/slurmctld.pid',
    'SlurmdPidFile=/run/slurmd.pid',
    'SlurmctldLogFile=/var/log/slurm/slurmctld.log',
    'SlurmdLogFile=/var/log/slurm/slurmd.log',
    `SrunPortRange=${srunPorts.from}-${srunPorts.to}`,
    ...(configless ? ['SlurmctldParameters=enable_configless'] : []),
    'SlurmctldTimeout=300',
    'SlurmdTimeout=180',
    'ReturnToService=2',
    ...(knowsCgroup2(version)
      ? ['ProctrackType=proctrack/cgroup', 'TaskPlugin=task/cgroup,task/affinity']
      : ['ProctrackType=proctrack/linuxproc', 'TaskPlugin=task/affinity']),
    'SelectType=select/cons_tres',
    'SelectTypeParameters=CR_Core',
    ...(accounting ? printAccounting(controller.address) : []),
    ...(gresTypes === '' ? [] : [`GresTypes=${gresTypes}`]),
    ...nodes.map(printNodes),
    ...partitions.map(
      ({ name, nodes: members, default: isDefault, maxTime }) =>
        `PartitionName=${name} Nodes=${members} Default=${isDefault ? 'YES' : 'NO'} MaxTime=${maxTime} State=UP`,
    ),
  ]
  return withOwnLines(lines, own)
}

/** StateSaveLocation of a slurm.conf of this program's making. */
export function stateIn(conf: string): string | undefined {
  return /^StateSaveLocation=(.*)$/m.exec(conf)?.[1]
}

/** By its address, as the host's name is in no DNS. jobacct_gather/linux needs no cgroups, of which 21.08 knows too little. */
function printAccounting(address: string): readonly string[] {
  return [
    'AccountingStorageType=accounting_storage/slurmdbd',
    `AccountingStorageHost=${address}`,
    'JobAcctGatherType=jobacct_gather/linux',
  ]
}

function printNodes({ name, address, features, gres, ...hardware }: SlurmNodes): string {
  return [
    printFields({ NodeName: name, NodeAddr: address }),
    printHardware(hardware),
    printFields({ Feature: features?.join(','), Gres: gres && printGres(gres), State: 'UNKNOWN' }),
  ].join(' ')
}

/** What a node has, or its line says that it has, as it stands there. */
export function printHardware(of: Partial<Omit<NodeLine, 'names' | 'address'>>): string {
  return printFields({
    CPUs: of.cpus,
    Sockets: of.sockets,
    CoresPerSocket: of.coresPerSocket,
    ThreadsPerCore: of.threadsPerCore,
    RealMemory: of.memoryMiB,
  })
}

function printFields(fields: Readonly<Record<string, string | number | undefined>>): string {
  return Object.entries(fields)
    .flatMap(([name, value]) => (value === undefined || value === '' ? [] : [`${name}=${value}`]))
    .join(' ')
}

/** cgroup.conf for that release: before 22.05 nothing here uses cgroups. */
export function printCgroupConf(version: SlurmVersion, own: string): string {
  const constraints = ['CgroupPlugin=autodetect', 'ConstrainCores=yes', 'ConstrainRAMSpace=yes']
  return withOwnLines(knowsCgroup2(version) ? constraints : [], own)
}

/**
 * slurmdbd.conf, valid for all releases. No StoragePass: MariaDB knows the user slurm by the socket. Source:
 * slurmdbd.conf(5).
 */
export function printSlurmdbdConf(host: string, database: string, own: string): string {
  const lines = [
    `DbdHost=${host}`,
    'SlurmUser=slurm',
    'AuthType=auth/munge',
    'LogFile=/var/log/slurm/slurmdbd.log',
    'PidFile=/run/slurmdbd.pid',
    'StorageType=accounting_storage/mysql',
    'StorageHost=localhost',
    'StorageUser=slurm',
    `StorageLoc=${database}`,
  ]
  return withOwnLines(lines, own)
}

/** On a machine with cgroup v2, as all are now, proctrack/cgroup of 21.08 does not work. */
function knowsCgroup2([year, month]: SlurmVersion): boolean {
  return year > 22 || (year === 22 && month >= 5)
}

function numberIn(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text)
}
