import { describe, expect, test } from 'vitest'
import { frontendRecord, nodeRecord } from '../../src/steps/node-record.ts'
import { configuration, jobConfiguration } from './configuration.ts'
import { directory, file, settle, smallMachine, type Tree, takeTurn } from './small-machine.ts'

const config = jobConfiguration()
const nodes = '/mnt/work/slurm/nodes'
const path = `${nodes}/job-1.json`
const record = (address: string) => `{
  "name": "job-1",
  "address": "${address}",
  "hardware": {
    "cpus": 2,
    "sockets": 1,
    "coresPerSocket": 2,
    "threadsPerCore": 1,
    "memoryMiB": 1979
  }
}
`
const hardware = 'NodeName=job-1 CPUs=2 Boards=1 SocketsPerBoard=1 CoresPerSocket=2 ThreadsPerCore=1 RealMemory=1979\n'
/** `other`: what is found out of 10.0.0.99, whether a slurmd answers there, and what ip says of it as one of our own. */
const machineWith = (shared: Tree, other: { readonly answers?: true; readonly shown?: string } = {}) => {
  const silent = { is: 'silent', because: 'no answer within 5 s' } as const
  const tcp = { '10.0.0.99:6818': other.answers ? undefined : silent }
  const commands = { 'slurmd -C': hardware, 'ip -4 -oneline address show to 10.0.0.99/32': other.shown ?? '' }
  const script = { primaryAddress: '10.0.0.11', commands, tcp }
  return smallMachine({ local: new Map(), shared, script })
}
const converged = { is: 'converged', because: 'job-1 is 10.0.0.11' }

describe('the record of a job server', () => {
  test('is written to the share', async () => {
    const machine = machineWith(new Map())
    expect(await settle(nodeRecord, config, machine)).toEqual(converged)
    expect(machine.done).toEqual([`mkdir ${nodes}`, `write ${path}`])
    expect(machine.at(nodes)).toEqual(directory(0o755))
    expect(machine.at(path)).toEqual(file(record('10.0.0.11')))
  })

  test('is written only while the share is mounted', () => {
    const decision = nodeRecord.decide(
      config,
      {
        address: '10.0.0.11',
        hardware: undefined,
        directory: undefined,
        record: undefined,
        rival: undefined,
        since: undefined,
      },
      [],
    )
    expect(decision.is === 'act' && decision.actions.map(({ whileMounted }) => whileMounted)).toEqual([
      '/mnt/work',
      '/mnt/work',
    ])
  })

  test('is left alone once it is right', async () => {
    const machine = machineWith(
      new Map([
        [nodes, directory(0o755)],
        [path, file(record('10.0.0.11'))],
      ]),
    )
    expect(await settle(nodeRecord, config, machine)).toEqual(converged)
    expect(machine.done).toEqual([])
  })

  test('of the instance that this one replaces gives way', async () => {
    const machine = machineWith(
      new Map([
        [nodes, directory(0o755)],
        [path, file(record('10.0.0.99'))],
      ]),
    )
    expect(await settle(nodeRecord, config, machine)).toEqual(converged)
    expect(machine.content(path)).toBe(record('10.0.0.11'))
  })

  test('of another machine that works under the name stays', async () => {
    const shared: Tree = new Map([
      [nodes, directory(0o755)],
      [path, file(record('10.0.0.99'))],
    ])
    const machine = machineWith(shared, { answers: true })
    expect(await settle(nodeRecord, config, machine)).toEqual({
      is: 'wait',
      code: 'NODE_NAME_IN_USE',
      for: 'the slurmd at 10.0.0.99, which has told that it is job-1, to end',
    })
    expect(machine.done).toEqual([])
  })

  test('gives way where it has another address of this very machine', async () => {
    const shared: Tree = new Map([
      [nodes, directory(0o755)],
      [path, file(record('10.0.0.99'))],
    ])
    const machine = machineWith(shared, { answers: true, shown: '3: ens6    inet 10.0.0.99/24 scope global ens6\n' })
    expect(await settle(nodeRecord, config, machine)).toEqual(converged)
    expect(machine.content(path)).toBe(record('10.0.0.11'))
  })

  test('gives way where its address has gone on to another node', async () => {
    const later = `${nodes}/job-2.json`
    const shared: Tree = new Map([
      [nodes, directory(0o755)],
      [path, file(record('10.0.0.99'))],
      [later, file(record('10.0.0.99').replace('job-1', 'job-2'))],
    ])
    const { host, ...machine } = machineWith(shared, { answers: true })
    const stat: typeof host.stat = async (at) => {
      const found = await host.stat(at)
      return found && { ...found, changedAtMs: at === later ? 1 : 0 }
    }
    expect(await settle(nodeRecord, config, { ...machine, host: { ...host, stat } })).toEqual(converged)
    expect(machine.content(path)).toBe(record('10.0.0.11'))
  })

  test('is written anew where another node has told of its address since, which that had in between', async () => {
    const later = `${nodes}/job-2.json`
    const conf = '/mnt/work/slurm/slurm.conf'
    const shared: Tree = new Map([
      [nodes, directory(0o755)],
      [conf, file('NodeName=job-1 NodeAddr=192.0.2.1 CPUs=2\n')],
      [path, file(record('10.0.0.11'))],
      [later, file(record('10.0.0.11').replace('job-1', 'job-2'))],
    ])
    const { host, ...machine } = machineWith(shared)
    const stat: typeof host.stat = async (at) => {
      const found = await host.stat(at)
      return found && { ...found, changedAtMs: at === later ? 1 : 2 * machine.done.length }
    }
    const dated = { ...machine, host: { ...host, stat } }
    const decision = await takeTurn(nodeRecord, config, dated, [])
    expect(decision.is === 'act' && decision.actions.map(({ because }) => because)).toEqual([
      'job-2 has told of 10.0.0.11 since',
    ])
    expect(await settle(nodeRecord, config, dated)).toEqual(converged)
    expect(machine.done).toEqual([`write ${path}`])
  })

  test.each([
    ['slurm.conf has its address', 'NodeName=job-1 NodeAddr=10.0.0.11 CPUs=2\n'],
    ['slurm.conf leaves its address to DNS', 'NodeName=job-1 CPUs=2\n'],
    ['slurm.conf does not know it', 'NodeName=job-2 NodeAddr=192.0.2.1 CPUs=2\n'],
  ])('is no matter of other records where %s', async (_what, conf) => {
    const { host, ...machine } = machineWith(
      new Map([
        [nodes, directory(0o755)],
        ['/mnt/work/slurm/slurm.conf', file(conf)],
        [path, file(record('10.0.0.11'))],
      ]),
    )
    const list = async (directoryPath: string) => await Promise.reject(new Error(`${directoryPath} was listed`))
    expect(await settle(nodeRecord, config, { ...machine, host: { ...host, list } })).toEqual(converged)
  })

  test.each([
    ['belongs to somebody else', directory(0o755, 'mallory:root')],
    ['others can write to', directory(0o775)],
    ['is a link', { kind: 'symlink', target: '/tmp' } as const],
  ])('is not written to a directory that %s', async (_what, place) => {
    const machine = machineWith(new Map([[nodes, place]]))
    expect(await settle(nodeRecord, config, machine)).toMatchObject({ is: 'refuse', code: 'SHARE_NOT_ROOTS' })
    expect(machine.done).toEqual([])
  })
})

test('the record of the front end tells what it exports, once it does', async () => {
  const machine = smallMachine({
    local: new Map(),
    shared: new Map([['/mnt/work/slurm', directory(0o755)]]),
    script: { primaryAddress: '10.0.0.10' },
  })
  expect(frontendRecord.after).toContain('nfs-export')
  expect(await settle(frontendRecord, configuration(), machine)).toMatchObject({ is: 'converged' })
  expect(JSON.parse(machine.content('/mnt/work/slurm/frontend.json') ?? '')).toEqual({
    name: 'frontend-server',
    address: '10.0.0.10',
    exports: '/mnt/shared',
  })
})
