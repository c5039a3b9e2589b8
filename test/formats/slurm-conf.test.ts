import { describe, expect, test } from 'vitest'
import { ownLines } from '../../src/formats/own-lines.ts'
import {
  nodeLines,
  parseSlurmVersion,
  printCgroupConf,
  printSlurmConf,
  printSlurmdbdConf,
  type SlurmVersion,
} from '../../src/formats/slurm-conf.ts'

const settings = {
  clusterName: 'slurm-cluster',
  controller: { name: 'frontend-server', address: '10.0.0.5' },
  stateSaveLocation: '/var/lib/slurm/slurmctld',
  srunPorts: { from: 61_001, to: 63_000 },
  configless: false,
  accounting: false,
  nodes: [
    { name: 'job-[1-4]', cpus: 2, memoryMiB: 3800 },
    { name: 'gpu-1', address: '192.0.2.1', cpus: 8, memoryMiB: 60000 },
  ],
  partitions: [
    { name: 'main', nodes: 'ALL', default: true, maxTime: 'INFINITE' },
    { name: 'gpu', nodes: 'gpu-1', default: false, maxTime: '1-00:00:00' },
  ],
}

/**
 * Each key was looked up in slurm_conf_options, slurm_nodename_options and slurm_partition_options of
 * src/common/read_config.c, each plugin under src/plugins, of the tags 21-08-5-1, 22-05-8-1, 23-11-4-1, 24-11-5-1 and
 * 25-11-2-1: all are valid in all five. slurmctld 22.05.8 was started with it.
 */
const slurmConf = (processes: string) => `\
# Made by slurm-node-agent from its config.json. An edit above the line at the end is undone.
ClusterName=slurm-cluster
SlurmctldHost=frontend-server(10.0.0.5)
SlurmUser=slurm
AuthType=auth/munge
StateSaveLocation=/var/lib/slurm/slurmctld
SlurmdSpoolDir=/var/lib/slurm/slurmd
SlurmctldPidFile=/run/slurmctld.pid
SlurmdPidFile=/run/slurmd.pid
SlurmctldLogFile=/var/log/slurm/slurmctld.log
SlurmdLogFile=/var/log/slurm/slurmd.log
SrunPortRange=61001-63000
SlurmctldTimeout=300
SlurmdTimeout=180
ReturnToService=2
${processes}
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
NodeName=job-[1-4] CPUs=2 RealMemory=3800 State=UNKNOWN
NodeName=gpu-1 NodeAddr=192.0.2.1 CPUs=8 RealMemory=60000 State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
PartitionName=gpu Nodes=gpu-1 Default=NO MaxTime=1-00:00:00 State=UP
# Your own lines go below this one and are kept.
`
const withCgroups = 'ProctrackType=proctrack/cgroup\nTaskPlugin=task/cgroup,task/affinity'
const withoutCgroups = 'ProctrackType=proctrack/linuxproc\nTaskPlugin=task/affinity'

/** CgroupPlugin, ConstrainCores and ConstrainRAMSpace: in cgroup.c of all releases that get them. */
const cgroupConf = `\
# Made by slurm-node-agent from its config.json. An edit above the line at the end is undone.
CgroupPlugin=autodetect
ConstrainCores=yes
ConstrainRAMSpace=yes
# Your own lines go below this one and are kept.
`
const emptyCgroupConf = `\
# Made by slurm-node-agent from its config.json. An edit above the line at the end is undone.
# Your own lines go below this one and are kept.
`

const releases: readonly (readonly [string, SlurmVersion, string, string])[] = [
  ['21.08, which has no cgroup v2', [21, 8], slurmConf(withoutCgroups), emptyCgroupConf],
  ['22.05', [22, 5], slurmConf(withCgroups), cgroupConf],
  ['23.11', [23, 11], slurmConf(withCgroups), cgroupConf],
  ['24.11', [24, 11], slurmConf(withCgroups), cgroupConf],
  ['25.11', [25, 11], slurmConf(withCgroups), cgroupConf],
]

describe('slurm.conf and cgroup.conf', () => {
  test.each(releases)('for %s', (_release, version, slurm, cgroup) => {
    expect([printSlurmConf(settings, version, ''), printCgroupConf(version, '')]).toEqual([slurm, cgroup])
  })

  test.each([
    ['none', ''],
    ['one', 'PrologFlags=Contain\n'],
    ['several, with comments and blank lines', '\n# mine\n\nPrologFlags=Contain\nMailProg=/bin/true\n'],
    ['one without a newline at its end', 'PrologFlags=Contain'],
    ['the line that marks them, once more', '# Your own lines go below this one and are kept.\nPrologFlags=Contain\n'],
  ])('keep the lines of the operator: %s', (_what, own) => {
    expect(ownLines(printSlurmConf(settings, [22, 5], own))).toBe(own)
    expect(ownLines(printCgroupConf([22, 5], own))).toBe(own)
  })

  test.each([
    ['of somebody else', 'ClusterName=old\n'],
    ['of somebody else, with our line', 'ClusterName=old\n# Your own lines go below this one and are kept.\nA=b\n'],
    ['of ours that has lost the line', slurmConf(withCgroups).replace('# Your own lines', '# My lines')],
    ['that is empty', ''],
  ])('have no such lines in a file %s', (_whose, conf) => {
    expect(ownLines(conf)).toBeUndefined()
  })
})

/** slurmdbd 22.05.8 was started with it, beside MariaDB 10.11, and slurmctld registered its cluster. */
const slurmdbdConf = `\
# Made by slurm-node-agent from its config.json. An edit above the line at the end is undone.
DbdHost=frontend-server
SlurmUser=slurm
AuthType=auth/munge
LogFile=/var/log/slurm/slurmdbd.log
PidFile=/run/slurmdbd.pid
StorageType=accounting_storage/mysql
StorageHost=localhost
StorageUser=slurm
StorageLoc=slurm_acct_db
# Your own lines go below this one and are kept.
`

describe('with accounting', () => {
  test.each(releases)('slurm.conf tells where slurmdbd is, for %s', (_release, version, slurm) => {
    const lines = `AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=10.0.0.5
JobAcctGatherType=jobacct_gather/linux
NodeName=job-`
    expect(printSlurmConf({ ...settings, accounting: true }, version, '')).toBe(slurm.replace('NodeName=job-', lines))
  })

  test('slurmdbd.conf has no password, and keeps the lines of the operator', () => {
    const own = 'PurgeJobAfter=12months\n'
    expect(printSlurmdbdConf('frontend-server', 'slurm_acct_db', '')).toBe(slurmdbdConf)
    expect(ownLines(printSlurmdbdConf('frontend-server', 'slurm_acct_db', own))).toBe(own)
  })
})

test.each(releases)('where slurmctld hands it out, slurm.conf says so, for %s', (_release, version, slurm) => {
  const lines = 'SlurmctldParameters=enable_configless\nSlurmctldTimeout='
  expect(printSlurmConf({ ...settings, configless: true }, version, '')).toBe(slurm.replace('SlurmctldTimeout=', lines))
})

/** Feature and Gres were looked up, too, and slurmd 22.05.8 and 24.11.5 read them. */
test.each(releases)(
  'slurm.conf has the features and generic resources of nodes, for %s',
  (_release, version, slurm) => {
    const gres = [
      { name: 'gpu', type: 't4', count: 2, file: '/dev/nvidia[0-1]' },
      { name: 'shard', count: 8 },
    ]
    const nodes = settings.nodes.map((node) =>
      node.name === 'gpu-1' ? { ...node, features: ['t4', 'avx512'], gres } : { ...node, features: [], gres: [] },
    )
    const expected = slurm
      .replace('NodeName=job-', 'GresTypes=gpu,shard\nNodeName=job-')
      .replace('RealMemory=60000', 'RealMemory=60000 Feature=t4,avx512 Gres=gpu:t4:2,shard:8')
    expect(printSlurmConf({ ...settings, nodes }, version, '')).toBe(expected)
  },
)

describe('the release of a Debian version', () => {
  test.each([
    ['21.08.5-2ubuntu1', [21, 8]],
    ['22.05.8-4+deb12u3', [22, 5]],
    ['23.11.4-1.2ubuntu5', [23, 11]],
    ['24.11.5-4', [24, 11]],
    ['25.11.2-1', [25, 11]],
    ['1:23.11.4-1', [23, 11]],
    ['20.11.7+really20.11.4-2', [20, 11]],
    ['', undefined],
    ['0.5.15-2', undefined],
  ])('%s', (version, release) => {
    expect(parseSlurmVersion(version)).toEqual(release)
  })
})

test('the nodes are read from any slurm.conf', () => {
  const conf = `#NodeName=c NodeAddr=10.0.0.9
NodeName=job-[1-4] NodeAddr=192.0.2.1 CPUs=2 RealMemory=3800 State=UNKNOWN
NodeName=gpu CPUs=8 Sockets=1 CoresPerSocket=4 ThreadsPerCore=2 # NodeAddr=10.0.0.8
  nodename=b cpus=1 nodeaddr=10.0.0.7
`
  expect(nodeLines(conf)).toEqual([
    { names: 'job-[1-4]', address: '192.0.2.1', cpus: 2, memoryMiB: 3800 },
    { names: 'gpu', cpus: 8, sockets: 1, coresPerSocket: 4, threadsPerCore: 2 },
    { names: 'b', address: '10.0.0.7', cpus: 1 },
  ])
})
