import { describe, expect, test } from 'vitest'
import { printGresConf } from '../../src/formats/gres-conf.ts'
import { printRecord } from '../../src/formats/node-record.ts'
import { withOwnLines } from '../../src/formats/own-lines.ts'
import { slurmConfCopy } from '../../src/steps/slurm-conf-copy.ts'
import { configuration, jobConfiguration } from './configuration.ts'
import {
  cgroup,
  local,
  localCgroup,
  localGres,
  saved,
  share,
  shared,
  sharedCgroup,
  sharedGres,
  slurm,
} from './slurm-files.ts'
import { directory, file, settle, sha256Of, smallMachine, type Tree } from './small-machine.ts'

const config = jobConfiguration()
const converged = { is: 'converged', because: "slurm.conf is the front end's, with the node job-1" }
const machineWith = (of: Pick<Parameters<typeof smallMachine>[0], 'local' | 'shared'>, address = '192.0.2.1') =>
  smallMachine({ ...of, script: { primaryAddress: address } })
const log = ['/var/log/slurm', directory(0o755)] as const

describe('the Slurm configuration of a job server', () => {
  test('is that of the share', async () => {
    const machine = machineWith({ local: new Map(), shared: share('PrivateData=jobs\n') })
    expect(await settle(slurmConfCopy, config, machine)).toEqual(converged)
    expect(machine.done).toEqual(['mkdir /var/log/slurm', `write ${local}`, `write ${localCgroup}`])
    expect([machine.content(local), machine.content(localCgroup)]).toEqual([slurm('PrivateData=jobs\n'), cgroup()])
  })

  test('follows it', async () => {
    const machine = machineWith({
      local: new Map([log, [local, file(slurm())], [localCgroup, file(cgroup())]]),
      shared: share('PrivateData=jobs\n'),
    })
    expect(await settle(slurmConfCopy, config, machine)).toEqual(converged)
    expect(machine.done).toEqual([`write ${local}`])
    const again = machineWith({
      local: new Map([log, [local, file(slurm())], [localCgroup, file(cgroup())]]),
      shared: share(),
    })
    expect(await settle(slurmConfCopy, config, again)).toEqual(converged)
    expect(again.done).toEqual([])
  })

  test.each([shared, sharedCgroup])('is waited for while the front end has not written %s', async (path) => {
    const tree = share()
    tree.delete(path)
    const machine = machineWith({ local: new Map(), shared: tree })
    expect(await settle(slurmConfCopy, config, machine)).toEqual({
      is: 'wait',
      code: 'SLURM_CONF_NOT_PUBLISHED',
      for: `the front end, which writes ${path}`,
    })
    expect(machine.done).toEqual([])
  })

  test('that has no such node is not taken', async () => {
    const machine = machineWith({ local: new Map(), shared: share() })
    expect(await settle(slurmConfCopy, jobConfiguration({ hostname: 'job-9' }), machine)).toEqual({
      is: 'wait',
      code: 'NODE_NOT_CONFIGURED',
      for: `${shared} has no node job-9; it has job-[1-4]`,
    })
    expect(machine.done).toEqual([])
  })

  test('is waited for in vain once the front end has another key than this machine', async () => {
    const [localKey, pointer] = ['/etc/munge/munge.key', '/mnt/work/slurm/munge/current']
    const ofAgent = (key: string) => ['/var/lib/slurm-node-agent/munge-key.sha256', file(`${sha256Of(key)}\n`)] as const
    const tree = share().set(pointer, { kind: 'symlink', target: `${sha256Of('new')}.key` })
    const decide = async (key: Tree) =>
      await settle(slurmConfCopy, config, machineWith({ local: key, shared: tree }, '10.0.0.11'))
    const wait = {
      is: 'wait',
      code: 'NODE_ADDRESS_NOT_TAKEN_UP',
      for: `${shared} has job-1 at 192.0.2.1, not at 10.0.0.11: the front end's next run takes it up`,
    }
    expect(await decide(new Map([[localKey, file('old')], ofAgent('old')]))).toEqual({
      ...wait,
      for: `${wait.for}; meanwhile the front end has published another Munge key or slurm.conf, which the next run follows`,
      inVain: true,
    })
    expect(await decide(new Map([[localKey, file('new')], ofAgent('new')]))).toEqual(wait)
    // The one that its package makes.
    expect(await decide(new Map([[localKey, file('old')]]))).toEqual(wait)
    expect(await decide(new Map([[localKey, file('new')], ofAgent('old')]))).toEqual(wait)
    expect(await decide(new Map())).toEqual(wait)
  })

  test('is waited for until it has the address of this machine', async () => {
    const machine = machineWith({ local: new Map(), shared: share() }, '10.0.0.11')
    expect(await settle(slurmConfCopy, config, machine)).toEqual({
      is: 'wait',
      code: 'NODE_ADDRESS_NOT_TAKEN_UP',
      for: `${shared} has job-1 at 192.0.2.1, not at 10.0.0.11: the front end's next run takes it up`,
    })
    expect(machine.done).toEqual([])
  })

  describe('of a machine whose hardware the front end takes from its record', () => {
    const node = (hardware: string, memoryMiB: number, address = ' NodeAddr=10.0.0.11') =>
      `NodeName=job-1${address} ${hardware} RealMemory=${memoryMiB} State=UNKNOWN`
    const derived = (cpus: number, threads = 2) =>
      `CPUs=${cpus} Sockets=1 CoresPerSocket=${cpus / threads} ThreadsPerCore=${threads}`
    const topology = { cpus: 2, sockets: 1, coresPerSocket: 1, threadsPerCore: 2 }
    const told = printRecord({ name: 'job-1', address: '10.0.0.11', hardware: { ...topology, memoryMiB: 4000 } })
    const decide = async (conf: string, record = told) => {
      const tree = share().set(shared, file(conf)).set('/mnt/work/slurm/nodes/job-1.json', file(record))
      return await settle(slurmConfCopy, config, machineWith({ local: new Map([log]), shared: tree }, '10.0.0.11'))
    }

    test.each([
      ['it was larger', node(derived(4), 7600)],
      ['it was smaller', node('CPUs=1 Sockets=1 CoresPerSocket=1 ThreadsPerCore=1', 1900)],
      ['it had as many CPUs in other cores', node(derived(2, 1), 3800)],
      ['nobody knew it', node('CPUs=1', 1, '')],
      ['nobody knew it, and slurm.nodes gives its CPUs', node('CPUs=4', 1, '')],
      ['nobody knew it, and slurm.nodes gives its memory', node('CPUs=1', 7600, '')],
    ])('is waited for where it has the line of when %s', async (_when, line) => {
      const [, stands] = /(CPUs=.* RealMemory=\d+)/.exec(line) ?? []
      expect(await decide(withOwnLines([line], ''))).toEqual({
        is: 'wait',
        code: 'NODE_HARDWARE_NOT_TAKEN_UP',
        for: `${shared} has job-1 with ${stands}; it has ${derived(2)} RealMemory=4000: the front end's next run takes it up`,
      })
    })

    test.each([
      ['that the front end has taken up', node(derived(2), 3800)],
      ['with more memory, which slurmd refuses', node(derived(2), 7600)],
      ['with more CPUs by slurm.nodes, which slurmd refuses', node('CPUs=4', 7600)],
      ['with the least that slurm.nodes can give it', node('CPUs=1', 1)],
      ['with all by slurm.nodes, and an address in DNS', node('CPUs=2', 3800, '')],
    ])('is taken with a line %s', async (_what, line) => {
      expect(await decide(withOwnLines([line], ''))).toEqual(converged)
    })

    test("is taken with a line of the operator's own, and where its record is damaged", async () => {
      expect(await decide(withOwnLines([], `${node(derived(2, 1), 3800)}\n`))).toEqual(converged)
      expect(await decide(withOwnLines([node(derived(4), 7600)], ''), '{')).toEqual(converged)
    })
  })

  test('is saved where it has lines of its own that the share has not', async () => {
    const mine = slurm('SlurmdDebug=debug2\n')
    const machine = machineWith({
      local: new Map([log, [local, file(mine)], [localCgroup, file(cgroup())]]),
      shared: share('PrivateData=jobs\n'),
    })
    expect(await settle(slurmConfCopy, config, machine)).toEqual(converged)
    expect(machine.at(saved(local, mine))).toEqual(file(mine, 0o600))
    expect(machine.content(local)).toBe(slurm('PrivateData=jobs\n'))
  })

  test('of somebody else is saved before it is replaced', async () => {
    const machine = machineWith({
      local: new Map([log, [local, file('ClusterName=mine\n')], [localCgroup, file(cgroup())]]),
      shared: share(),
    })
    expect(await settle(slurmConfCopy, config, machine)).toEqual(converged)
    expect(machine.at(saved(local, 'ClusterName=mine\n'))).toEqual(file('ClusterName=mine\n', 0o600))
  })
})

describe('gres.conf of a job server', () => {
  const gpus = printGresConf([{ name: 'job-[1-4]', gres: [{ name: 'gpu', file: '/dev/nvidia0' }] }], '')
  const none = printGresConf([], '')
  const foreign = 'Name=gpu File=/dev/nvidia0\n'
  const ownLines = printGresConf([], 'AutoDetect=nvml\n')
  const settledWith = (gres: string) =>
    new Map([log, [local, file(slurm())], [localCgroup, file(cgroup())], [localGres, file(gres)]] as const)

  test.each([
    ['is that of the share', foreign, gpus],
    ['is that of the share, and saved where it has lines of its own', ownLines, gpus],
    ['has no file any more once the share has none', gpus, none],
  ])('%s', async (_what, here, there) => {
    const machine = machineWith({ local: settledWith(here), shared: share().set(sharedGres, file(there)) })
    expect(await settle(slurmConfCopy, config, machine)).toEqual(converged)
    expect(machine.content(localGres)).toBe(there)
    expect(machine.content(saved(localGres, here))).toBe(here === gpus ? undefined : here)
  })

  test.each([
    ['has published none', share()],
    ['has not written that of the share', share().set(sharedGres, file('Name=gpu File=/dev/nvidia[0-3]\n'))],
  ])('stays as it is where the front end %s', async (_what, onShare) => {
    const machine = machineWith({ local: settledWith(foreign), shared: onShare })
    expect(await settle(slurmConfCopy, config, machine)).toEqual(converged)
    expect(machine.done).toEqual([])
  })
})

describe('the Slurm configuration of a job server that fetches it', () => {
  const configless = jobConfiguration({ slurm: { configless: true } })
  const handedOut = slurm('', configuration({ slurm: { configless: true } }))
  const handingOut = () => share().set(shared, file(handedOut))
  const fetched = { is: 'converged', because: 'slurmctld hands out slurm.conf, with the node job-1' }

  test('stays in /etc/slurm until slurmd has fetched it, and may be older there', async () => {
    const machine = machineWith({
      local: new Map([log, [local, file(slurm())], [localCgroup, file(cgroup())]]),
      shared: handingOut(),
    })
    expect(await settle(slurmConfCopy, configless, machine)).toEqual(fetched)
    expect(machine.done).toEqual([])
  })

  test('is not written to /etc/slurm', async () => {
    const machine = machineWith({ local: new Map(), shared: handingOut() })
    expect(await settle(slurmConfCopy, configless, machine)).toEqual(fetched)
    expect(machine.done).toEqual(['mkdir /var/log/slurm'])
  })

  test('is copied again once it is not fetched any more', async () => {
    const machine = machineWith({ local: new Map([log]), shared: handingOut() })
    expect(await settle(slurmConfCopy, config, machine)).toEqual(converged)
    expect([machine.done, machine.content(local)]).toEqual([[`write ${local}`, `write ${localCgroup}`], handedOut])
  })

  test('stays while slurmctld does not hand it out', async () => {
    const machine = machineWith({ local: new Map([log, [local, file(slurm())]]), shared: share() })
    expect(await settle(slurmConfCopy, configless, machine)).toEqual({
      is: 'wait',
      code: 'SLURM_CONF_NOT_SERVED',
      for: `the front end, whose slurm.configless is not true, or whose own lines set SlurmctldParameters anew: ${shared} has no enable_configless`,
    })
    expect(machine.done).toEqual([])
  })
})
