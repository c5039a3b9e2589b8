import { describe, expect, test } from 'vitest'
import type { Action } from '../../src/engine/action.ts'
import type { Decision } from '../../src/engine/decision.ts'
import type { Answer } from '../../src/engine/host.ts'
import { byClaimedName } from '../../src/steps/claimed-names.ts'
import { hostname } from '../../src/steps/hostname.ts'
import { nodeName } from '../../src/steps/node-name.ts'
import { signal } from '../fake-host.ts'
import { jobConfiguration } from './configuration.ts'
import { directory, file, type Place, settle, smallMachine, type Tree } from './small-machine.ts'

const config = jobConfiguration({ hostname: 'job-[1-2]' })
const names = '/mnt/work/slurm/names'
const me = 'i-00000000000000a00'
const other = 'i-00000000000000b01'
const third = 'i-00000000000000c02'
const lately = `find ${names} -maxdepth 1 -type l -cmin -15 -printf %f\\n`

const claim = (link: string, instance: string) =>
  [`${names}/${link}`, { kind: 'symlink', target: instance } satisfies Place] as const
const share = (...claims: readonly (readonly [string, Place])[]): Tree =>
  new Map([[names, directory(0o755)], ...claims])
const known = (states: Readonly<Record<string, string>>): Answer<ReadonlyMap<string, string>> => ({
  is: 'known',
  value: new Map(Object.entries({ [me]: 'running', ...states })),
})

interface Asking {
  readonly instanceId?: string
  /** What EC2 answers where it is asked for this instance and these. */
  readonly ec2?: readonly [readonly string[], Answer<ReadonlyMap<string, string>>]
  readonly fresh?: string
  /** What the machine is called. */
  readonly running?: string
}

function machineWith(shared: Tree, { instanceId = me, ec2, fresh = '', running = 'ip-10-0-0-11' }: Asking = {}) {
  return smallMachine({
    local: new Map([
      ['/etc/hosts', file('127.0.0.1 localhost\n')],
      ['/etc/hostname', file(`${running}\n`)],
      ['/proc/sys/kernel/hostname', file(`${running}\n`)],
    ]),
    shared,
    script: {
      primaryAddress: '10.0.0.11',
      metadata: { 'meta-data/instance-id': `${instanceId}\n` },
      instanceStates: ec2 === undefined ? {} : { [[instanceId, ...ec2[0]].join(' ')]: ec2[1] },
      commands: ec2 === undefined ? {} : { [lately]: fresh },
    },
  })
}

const converged = (name: string, instanceId = me) => ({ is: 'converged', because: `${name} is ${instanceId}` })

describe('the name of a node', () => {
  test('is claimed for this instance', async () => {
    const shared: Tree = new Map()
    const machine = machineWith(shared)
    expect(await settle(nodeName, config, machine)).toEqual(converged('job-1'))
    expect(machine.done).toEqual([`mkdir ${names}`, `symlink ${names}/job-1.1 -> ${me}`])
    expect(shared.get(names)).toEqual(directory(0o755))
  })

  test('is claimed only while the share is mounted', async () => {
    const machine = machineWith(new Map())
    const decision = nodeName.decide(config, await nodeName.observe(config, machine.host, signal), [])
    expect(decision.is === 'act' && decision.actions.map(({ whileMounted }) => whileMounted)).toEqual([
      '/mnt/work',
      '/mnt/work',
    ])
  })

  test('is found again by every later run, and EC2 is not asked', async () => {
    const machine = machineWith(share(claim('job-1.7', other), claim('job-2.3', me)))
    expect(await settle(nodeName, config, machine)).toEqual(converged('job-2'))
    expect(machine.done).toEqual([])
  })

  test('is looked at alone where the host goes by it', async () => {
    const { host } = machineWith(share(claim('job-1.7', other), claim('job-2.3', me)), { running: 'job-2' })
    const looks: string[] = []
    const stat: typeof host.stat = async (path) => {
      looks.push(path)
      return await host.stat(path)
    }
    await nodeName.observe(config, { ...host, stat }, signal)
    expect(looks).toEqual([names, `${names}/job-2.3`])
  })

  test('is one that nobody has had, as long as there is one, and EC2 is not asked', async () => {
    const machine = machineWith(share(claim('job-1.1', other)))
    expect(await settle(nodeName, config, machine)).toEqual(converged('job-2'))
    expect(machine.done).toEqual([`symlink ${names}/job-2.1 -> ${me}`])
  })

  test('is a different one at once for instances that come up together', async () => {
    const first = machineWith(share(), { instanceId: 'i-00000000000000a00' })
    const second = machineWith(share(), { instanceId: 'i-00000000000000a01' })
    expect(await settle(nodeName, config, first)).toMatchObject({ because: expect.stringMatching(/^job-1 /) })
    expect(await settle(nodeName, config, second)).toMatchObject({ because: expect.stringMatching(/^job-2 /) })
  })

  test('is the one that it works under, where the share has lost the claims', async () => {
    const machine = machineWith(share(), { running: 'job-2' })
    expect(await settle(nodeName, config, machine)).toEqual(converged('job-2'))
    const late = machineWith(share(claim('job-2.1', other)), { running: 'job-2' })
    expect(await settle(nodeName, config, late)).toEqual(converged('job-1'))
  })

  test('of another range is no name of this one', async () => {
    const machine = machineWith(
      share(claim('gpu-1.1', me), [`${names}/.nfs01`, file('')], [`${names}/job-1`, file('')]),
    )
    expect(await settle(nodeName, config, machine)).toEqual(converged('job-1'))
  })

  test.each([
    ['belongs to somebody else', directory(0o755, 'mallory:root')],
    ['others can write to', directory(0o777)],
    ['is a link', { kind: 'symlink', target: '/tmp' } as const],
  ])('is not claimed in a directory that %s', async (_what, place) => {
    const machine = machineWith(new Map([[names, place]]))
    expect(await settle(nodeName, config, machine)).toMatchObject({ is: 'refuse', code: 'SHARE_NOT_ROOTS' })
    expect(machine.done).toEqual([])
  })
})

describe('the name of an instance that is gone', () => {
  const ofOthers = () => share(claim('job-1.1', other), claim('job-2.4', third))

  test.each([
    ['EC2 calls it terminated', known({ [third]: 'terminated', [other]: 'running' }), 'job-2.4'],
    ['EC2 has it no more', known({ [other]: 'stopped' }), ''],
  ])('is taken over where %s', async (_how, answer, fresh) => {
    const shared = ofOthers()
    const machine = machineWith(shared, { ec2: [[other, third], answer], fresh })
    expect(await settle(nodeName, config, machine)).toEqual(converged('job-2'))
    expect(machine.done).toEqual([`symlink ${names}/job-2.5 -> ${me}`, `remove ${names}/job-2.4`])
    expect([...shared.keys()]).toEqual([names, `${names}/job-1.1`, `${names}/job-2.5`])
  })

  test('says in its action who is gone', async () => {
    const machine = machineWith(ofOthers(), { ec2: [[other, third], known({ [other]: 'running' })] })
    expect(nodeName.decide(config, await nodeName.observe(config, machine.host, signal), [])).toEqual({
      is: 'act',
      actions: [
        {
          do: 'symlink',
          path: `${names}/job-2.5`,
          target: me,
          whileMounted: '/mnt/work',
          because: `${third}, which had the name, is gone`,
        },
      ],
    })
  })

  test('is cleared of its earlier claims by a later run, where the first was cut off', async () => {
    const shared = share(claim('job-1.9', third), claim('job-1.10', other), claim('job-1.11', me))
    const machine = machineWith(shared)
    expect(await settle(nodeName, config, machine)).toEqual(converged('job-1'))
    expect(machine.done).toEqual([`remove ${names}/job-1.10`, `remove ${names}/job-1.9`])
  })
})

describe('a range of which all names are taken', () => {
  const taken = () => share(claim('job-1.1', other), claim('job-2.1', third))
  const ids = [other, third]
  const byHand = `to free the name of an instance that is gone, remove ${names}/NAME.*`
  const because = 'You are not authorized.'
  const unsaid = `no name of job-[1-2] is free: job-1 is ${other}, job-2 is ${third}; ${byHand}`

  test.each([
    ['running', known({ [other]: 'running', [third]: 'pending' }), `(running), job-2 is ${third} (pending)`],
    ['stopped', known({ [other]: 'stopped', [third]: 'stopping' }), `(stopped), job-2 is ${third} (stopping)`],
    [
      'about to end',
      known({ [other]: 'running', [third]: 'shutting-down' }),
      `(running), job-2 is ${third} (shutting-down)`,
    ],
    ['not known to EC2 yet', known({ [other]: 'running' }), `(running), job-2 is ${third}`],
  ])('is waited for while they are %s', async (_how, answer, words) => {
    const machine = machineWith(taken(), { ec2: [ids, answer], fresh: 'job-2.1\n' })
    expect(await settle(nodeName, config, machine)).toEqual({
      is: 'wait',
      code: 'NODE_NAMES_TAKEN',
      for: `no name of job-[1-2] is free: job-1 is ${other} ${words}`,
    })
    expect(machine.done).toEqual([])
  })

  test.each([
    ['EC2_DENIED', 'denied', 'EC2 may not be asked'],
    ['EC2_UNREACHABLE', 'unreachable', 'EC2 cannot be reached'],
    ['EC2_THROTTLED', 'throttled', 'EC2 throttles the account'],
  ] as const)('is waited for with %s, and nobody is taken for gone', async (code, is, words) => {
    const machine = machineWith(taken(), { ec2: [ids, { is, because }] })
    expect(await settle(nodeName, config, machine)).toEqual({
      is: 'wait',
      code,
      for: `${unsaid}; ${words} (ec2:DescribeInstances): ${because}`,
    })
    expect(machine.done).toEqual([])
  })

  test('is waited for where EC2 does not have this instance either', async () => {
    const machine = machineWith(taken(), { ec2: [ids, { is: 'known', value: new Map() }] })
    expect(await settle(nodeName, config, machine)).toEqual({
      is: 'wait',
      code: 'EC2_NOT_ANSWERING',
      for: `${unsaid}; EC2 does not answer (ec2:DescribeInstances): it knows nothing of ${me}, which asks`,
    })
  })

  test('is waited for where a claim names no instance, which is nobody to be gone', async () => {
    const machine = machineWith(share(claim('job-1.1', '../munge'), [`${names}/job-2.1`, file('{}')]), {
      ec2: [[], known({})],
    })
    expect(await settle(nodeName, config, machine)).toEqual({
      is: 'wait',
      code: 'NODE_NAMES_TAKEN',
      for: `no name of job-[1-2] is free: ${names}/job-1.1 names no instance, ${names}/job-2.1 names no instance`,
    })
    expect(machine.done).toEqual([])
  })

  test('has one again once a person has removed a claim', async () => {
    const shared = taken()
    const machine = machineWith(shared, { ec2: [ids, { is: 'denied', because }] })
    expect(await settle(nodeName, config, machine)).toMatchObject({ is: 'wait' })
    shared.delete(`${names}/job-1.1`)
    expect(await settle(nodeName, config, machine)).toEqual(converged('job-1'))
  })
})

describe('two instances that want one name', () => {
  const range = jobConfiguration({ hostname: 'job-[1]' })
  const ec2 = (instanceId: string, ...holders: readonly string[]): Asking => ({
    instanceId,
    ec2: [holders, { is: 'known', value: new Map([instanceId, ...holders].map((id) => [id, 'running'])) }],
  })

  test('the one that comes too late with its claim looks again', async () => {
    const shared = share()
    const machine = machineWith(shared, ec2(me, other))
    const seen = await nodeName.observe(range, machine.host, signal)
    shared.set(...claim('job-1.1', other))
    const decision = nodeName.decide(range, seen, [])
    expect(decision.is === 'act' && decision.actions.map((action) => machine.perform(action).is)).toEqual(['stale'])
    expect(await settle(nodeName, range, machine)).toMatchObject({ is: 'wait', code: 'NODE_NAMES_TAKEN' })
  })

  test('the one that comes too late to take over leaves the other its claim', async () => {
    const shared = share(claim('job-1.1', third))
    const machine = machineWith(shared, { ec2: [[third], known({ [third]: 'terminated' })] })
    const decision = nodeName.decide(range, await nodeName.observe(range, machine.host, signal), [])
    shared.set(...claim('job-1.2', other))
    shared.delete(`${names}/job-1.1`)
    expect(decision.is === 'act' && decision.actions.map((action) => machine.perform(action).is)).toEqual(['stale'])
    expect([...shared]).toEqual([[names, directory(0o755)], claim('job-1.2', other)])
  })

  test('the one that comes too late by two finds that its claim counts for nothing', async () => {
    const shared = share(claim('job-1.1', third))
    const late = machineWith(shared, { ec2: [[third], known({ [third]: 'terminated' })] })
    const decision = nodeName.decide(range, await nodeName.observe(range, late.host, signal), [])
    shared.delete(`${names}/job-1.1`)
    shared.set(...claim('job-1.3', other))
    expect(decision.is === 'act' && decision.actions.map((action) => late.perform(action).is)).toEqual(['done'])
    const looksAgain = machineWith(shared, ec2(me, other))
    expect(await settle(nodeName, range, looksAgain)).toMatchObject({ is: 'wait', code: 'NODE_NAMES_TAKEN' })
    const holder = machineWith(shared, { instanceId: other })
    expect(await settle(nodeName, range, holder)).toEqual(converged('job-1', other))
    expect([...shared.keys()]).toEqual([names, `${names}/job-1.3`])
  })

  /** Every order of ten moves of two machines, each of which is a look or one action. */
  const orders = Array.from({ length: 2 ** 10 }, (_unused, bits) =>
    Array.from({ length: 10 }, (_none, move) => (bits >> move) & 1),
  )

  test.each([
    ['nobody had it', []],
    ['one that is gone had it', [[names, directory(0o755)] as const, claim('job-1.1', third)]],
  ])('never both have it, whichever does what first, where %s', async (_before, before) => {
    const winners = new Set<string>()
    for (const order of orders) {
      const shared: Tree = new Map(before)
      const both = [player(me, shared), player(other, shared)]
      for (const who of order) await both[who]?.move()
      for (const one of both) await one.settle()
      const decisions = await Promise.all(both.map((one) => one.settle()))
      expect(decisions.map(({ is }) => is).toSorted()).toEqual(['converged', 'wait'])
      const believing = both.filter((one) => one.believed())
      expect(believing).toHaveLength(1)
      winners.add(decisions[0]?.is ?? '')
      expect([...shared.values()].filter(({ kind }) => kind === 'symlink')).toHaveLength(1)
    }
    expect(winners.size).toBe(2)
  })

  /** A machine that can be stopped between its look and what follows from it. */
  function player(instanceId: string, shared: Tree) {
    const machine = machineWith(shared, { instanceId })
    const states = new Map([me, other].map((id) => [id, 'running'])).set(third, 'terminated')
    const host = {
      ...machine.host,
      exec: async () => ({ exitCode: 0, stdout: '', stderr: '' }),
      instanceStates: async () => ({ is: 'known', value: states }) as const,
    }
    let pending: readonly Action[] = []
    let hasConverged = false

    async function move(): Promise<Decision | undefined> {
      const [action, ...rest] = pending
      if (action !== undefined) {
        pending = machine.perform(action).is === 'done' ? rest : []
        return undefined
      }
      const decision = nodeName.decide(range, await nodeName.observe(range, host, signal), [])
      pending = decision.is === 'act' ? decision.actions : []
      hasConverged ||= decision.is === 'converged'
      return decision
    }

    return {
      move,
      believed: () => hasConverged,
      async settle(): Promise<Decision> {
        for (let moves = 0; moves < 20; moves++) {
          const decision = await move()
          if (decision !== undefined && decision.is !== 'act') return decision
        }
        throw new Error(`still at it: ${machine.done.join(', ')}`)
      },
    }
  }
})

describe('a step that needs the name', () => {
  test('has the one that is claimed, and comes after the claim', async () => {
    const step = byClaimedName(hostname)
    expect(step.after).toEqual(['node-name'])
    const machine = machineWith(share(claim('job-1.1', other), claim('job-2.1', me)), { running: 'job-2' })
    expect(await settle(step, config, machine)).toEqual({ is: 'converged', because: 'job-2 is 10.0.0.11' })
    expect(machine.content('/etc/hosts')).toBe('127.0.0.1 localhost\n10.0.0.11 job-2 # slurm-node-agent\n')
  })

  test('cannot be looked at without one', async () => {
    const machine = machineWith(share(claim('job-1.1', other)))
    await expect(byClaimedName(hostname).observe(config, machine.host, signal)).rejects.toThrow(
      `${me} has no name of job-[1-2] any more`,
    )
  })
})
