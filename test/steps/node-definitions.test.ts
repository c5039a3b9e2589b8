import { describe, expect, test } from 'vitest'
import type { NodeRecord } from '../../src/formats/node-record.ts'
import { lookAtNodes, noAddressYet, nodeDefinitions } from '../../src/steps/node-definitions.ts'
import { shareOf } from '../../src/steps/share.ts'
import { slurmConf } from '../../src/steps/slurm-conf.ts'
import { fakeHost, signal } from '../fake-host.ts'
import { config, converged, local, script, settled, share, shared } from './slurm-files.ts'
import { directory, file, settle, smallMachine, type Tree } from './small-machine.ts'

const four = { name: 'job-[1-4]', cpus: 2, memoryMiB: 3800 }
const none = {
  unresolved: ['job-[1-4]'],
  told: new Map<string, NodeRecord>(),
  holders: new Map<string, string>(),
  damaged: [],
}
const told = (...entries: readonly (readonly [string, string])[]) => ({
  ...none,
  told: new Map(entries.map(([name, address]) => [name, { name, address }])),
  holders: new Map(entries.map(([name, address]) => [address, name])), // the last of them
})
const addresses = (...of: Parameters<typeof nodeDefinitions>) =>
  nodeDefinitions(...of).map(({ name, address }) => [name, address])

describe('the addresses of nodes', () => {
  test('stay one line while none is known', () => {
    expect(addresses([four], none, [])).toEqual([['job-[1-4]', noAddressYet]])
    expect(addresses([four], { ...none, unresolved: [] }, [])).toEqual([['job-[1-4]', undefined]])
  })

  test('are those that the nodes have told, one by one', () => {
    expect(addresses([four], told(['job-2', '10.0.0.12']), [])).toEqual([
      ['job-1', noAddressYet],
      ['job-2', '10.0.0.12'],
      ['job-3', noAddressYet],
      ['job-4', noAddressYet],
    ])
  })

  test('are taken of nodes that are configured alone', () => {
    expect(addresses([four], told(['job-5', '10.0.0.15']), [])).toEqual([['job-[1-4]', noAddressYet]])
  })

  test('of a node whose record was lost stay as slurm.conf has them', () => {
    const conf = 'NodeName=job-1 NodeAddr=10.0.0.11 CPUs=2\nNodeName=job-[2-4] NodeAddr=192.0.2.1 CPUs=2\n'
    expect(addresses([four], none, [conf])[0]).toEqual(['job-1', '10.0.0.11'])
  })

  test('that slurm.conf does without are not taken from it when a name server fails', () => {
    expect(addresses([four], none, ['NodeName=job-[1-4] CPUs=2\n'])).toEqual([['job-[1-4]', undefined]])
  })

  test('are those of the nodes that have told of them last: AWS gives them to others once a node is gone', () => {
    const gone = 'NodeName=job-1 NodeAddr=10.0.0.11 CPUs=2\nNodeName=job-3 NodeAddr=10.0.0.13 CPUs=2\n'
    expect(addresses([four], told(['job-1', '10.0.0.11'], ['job-2', '10.0.0.11']), [gone])).toEqual([
      ['job-1', noAddressYet],
      ['job-2', '10.0.0.11'],
      ['job-3', '10.0.0.13'],
      ['job-4', noAddressYet],
    ])
    expect(addresses([four], told(['job-4', '10.0.0.13']), [gone])).toEqual([
      ['job-1', '10.0.0.11'],
      ['job-2', noAddressYet],
      ['job-3', noAddressYet],
      ['job-4', '10.0.0.13'],
    ])
  })

  test('of a replaced node are the new ones', () => {
    const conf = 'NodeName=job-1 NodeAddr=10.0.0.11 CPUs=2\n'
    expect(addresses([{ ...four, name: 'job-1' }], told(['job-1', '10.0.0.99']), [conf])).toEqual([
      ['job-1', '10.0.0.99'],
    ])
  })
})

describe('the hardware of nodes', () => {
  const threads = { cpus: 8, sockets: 1, coresPerSocket: 4, threadsPerCore: 2 }
  const record = (name: string, address: string, memoryMiB: number) =>
    [name, { name, address, hardware: { ...threads, memoryMiB } }] as const
  const known = { ...none, told: new Map([record('job-1', '10.0.0.11', 1979), record('job-2', '10.0.0.12', 4000)]) }
  const line = 'NodeName=job-1 NodeAddr=10.0.0.11 CPUs=8 Sockets=1 CoresPerSocket=4 ThreadsPerCore=2 RealMemory='

  test('is what they tell, where the configuration does not say it', () => {
    expect(nodeDefinitions([{ name: 'job-[1-3]' }], known, [])).toEqual([
      { name: 'job-1', address: '10.0.0.11', ...threads, memoryMiB: 1880 },
      { name: 'job-2', address: '10.0.0.12', ...threads, memoryMiB: 3800 },
      { name: 'job-3', cpus: 1, memoryMiB: 1 },
    ])
  })

  test('is what the configuration says, where it does', () => {
    expect(nodeDefinitions([{ name: 'job-1', cpus: 2 }], known, [])).toEqual([
      { name: 'job-1', address: '10.0.0.11', cpus: 2, memoryMiB: 1880 },
    ])
  })

  test('of nodes that nobody knows yet is the least, in one line', () => {
    expect(nodeDefinitions([{ name: 'job-[1-4]' }], none, [])).toEqual([
      { name: 'job-[1-4]', address: noAddressYet, cpus: 1, memoryMiB: 1 },
    ])
  })

  test('of a node whose record was lost stays as slurm.conf has it', () => {
    expect(nodeDefinitions([{ name: 'job-1' }], none, [`${line}1880\n`])).toEqual([
      { name: 'job-1', address: '10.0.0.11', ...threads, memoryMiB: 1880 },
    ])
  })

  test.each([
    [1880, 1880],
    [1979, 1979],
    [1782, 1782],
    [1781, 1880],
    [1980, 1880],
    [1, 1880],
  ])('keeps a memory of %i MiB where that is near enough: %i', (stands, taken) => {
    expect(nodeDefinitions([{ name: 'job-1' }], known, [`${line}${stands}\n`])[0]?.memoryMiB).toBe(taken)
  })
})

test('the features and generic resources of nodes are as given, on the line of each, and counted', () => {
  const gres = [{ name: 'gpu', type: 't4', file: '/dev/nvidia[0-1]' }, { name: 'tape' }]
  const counted = [
    { name: 'gpu', type: 't4', count: 2, file: '/dev/nvidia[0-1]' },
    { name: 'tape', count: 1 },
  ]
  const given = { ...four, features: ['avx512'], gres }
  const taken = { cpus: 2, memoryMiB: 3800, features: ['avx512'], gres: counted }
  expect(nodeDefinitions([given], none, [])).toEqual([{ name: 'job-[1-4]', address: noAddressYet, ...taken }])
  expect(nodeDefinitions([{ ...given, name: 'job-[1-2]' }], told(['job-1', '10.0.0.11']), [])).toEqual([
    { name: 'job-1', address: '10.0.0.11', ...taken },
    { name: 'job-2', ...taken },
  ])
})

describe('the records of job servers on the share', () => {
  const withRecords = (...records: readonly (readonly [string, string])[]): Tree =>
    new Map([
      ...share(),
      ['/mnt/work/slurm/nodes', directory(0o755)],
      ...records.map(([name, text]) => [`/mnt/work/slurm/nodes/${name}`, file(text)] as const),
    ])

  test('are taken into slurm.conf', async () => {
    const records = withRecords(['job-3.json', '{"name":"job-3","address":"10.0.0.13"}'])
    const machine = smallMachine({ local: settled(), shared: records, script })
    expect(await settle(slurmConf, config, machine)).toEqual(converged)
    expect(machine.done).toEqual([`write ${local}`, `write ${shared}`])
    expect(machine.content(local)).toContain('\nNodeName=job-3 NodeAddr=10.0.0.13 CPUs=2 ')
  })

  test.each([
    ['job-3.json', '{"name":"job-3"'],
    ['job-3.json', '{"name":"job-1","address":"10.0.0.11"}'],
    ['job-3.json', '{"name":"job-3","address":"10.0.0.13 Port=1"}'],
  ])('that are damaged are told of, and change nothing: %s %s', async (name, text) => {
    const machine = smallMachine({ local: settled(), shared: withRecords([name, text]), script })
    expect(await settle(slurmConf, config, machine)).toEqual({
      ...converged,
      warnings: [
        {
          code: 'NODE_RECORD_DAMAGED',
          text: `/mnt/work/slurm/nodes/${name} is no record of a node of that name: what it says is not taken`,
        },
      ],
    })
    expect(machine.done).toEqual([])
  })

  test.each([
    [1, 2, 'job-3'],
    [2, 1, 'job-1'],
  ])('of one address are told apart by their age: %i, %i', async (first, second, holder) => {
    const path = (name: string) => `/mnt/work/slurm/nodes/${name}.json`
    const record = (name: string) => ({ [path(name)]: JSON.stringify({ name, address: '10.0.0.13' }) })
    const at = (changedAtMs: number) =>
      ({ kind: 'file', mode: 0o644, owner: 'root:root', sizeBytes: 1, changedAtMs }) as const
    const host = fakeHost({
      directories: { '/mnt/work/slurm/nodes': ['job-1.json', 'job-3.json'] },
      files: { ...record('job-1'), ...record('job-3') },
      stats: { [path('job-1')]: at(first), [path('job-3')]: at(second) },
      names: { 'job-1': [] },
    })
    const { holders } = await lookAtNodes(config, shareOf(config), host, signal)
    expect([...holders]).toEqual([['10.0.0.13', holder]])
  })

  test('that are still being written are not looked at', async () => {
    const records = withRecords(['.job-3.json.x.slurm-node-agent', '{'])
    const machine = smallMachine({ local: settled(), shared: records, script })
    expect(await settle(slurmConf, config, machine)).toEqual(converged)
  })
})
