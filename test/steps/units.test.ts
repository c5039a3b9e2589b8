import { describe, expect, test } from 'vitest'
import type { UnitRule } from '../../src/engine/step.ts'
import { stepsOf } from '../../src/steps/roles.ts'
import { units } from '../../src/steps/units.ts'
import { signal } from '../fake-host.ts'
import { configuration } from './configuration.ts'
import { file, type Place, settle, smallMachine, type Tree } from './small-machine.ts'

const munge = '/etc/systemd/system/munge.service.d/slurm-node-agent.conf'
const rpcbind = '/etc/systemd/system/rpcbind.socket'
const rules: readonly UnitRule[] = [
  { is: 'drop-in', unit: 'munge.service', settings: ['ConditionPathExists=/key'], because: 'it waits for the key' },
  { is: 'masked', unit: 'rpcbind.socket', because: 'nobody needs it' },
]
const step = units(() => rules)
const content = '# Made by slurm-node-agent.\n[Unit]\nConditionPathExists=/key\n'
const writeDropIn = (was: string | undefined) => ({
  do: 'write',
  path: munge,
  content,
  was,
  mode: 0o644,
  because: 'it waits for the key',
})
const mask = { do: 'symlink', path: rpcbind, target: '/dev/null', because: 'nobody needs it' }
const converged = { is: 'converged', because: 'no unit starts before it is configured' }

async function decisionOn(tree: Tree) {
  const { host } = smallMachine({ local: tree })
  return step.decide(configuration(), await step.observe(configuration(), host, signal), [])
}

describe('the rules of units', () => {
  test('are put in place where nothing is', async () => {
    expect(await decisionOn(new Map())).toEqual({ is: 'act', actions: [writeDropIn(undefined), mask] })
  })

  test('stand once they are', async () => {
    const machine = smallMachine({ local: new Map() })
    expect(await settle(step, configuration(), machine)).toEqual(converged)
    expect(machine.done).toEqual([`write ${munge}`, `symlink ${rpcbind} -> /dev/null`])
  })

  test('take the place of what the agent or somebody else has written into the drop-in', async () => {
    const tree: Tree = new Map([
      [munge, file('[Unit]\n')],
      [rpcbind, { kind: 'symlink', target: '/dev/null' }],
    ])
    expect(await decisionOn(tree)).toEqual({ is: 'act', actions: [writeDropIn('[Unit]\n')] })
  })

  test.each<[string, Place]>([
    ['a mask', { kind: 'symlink', target: '/dev/null' }],
    ['a unit of the operator’s own', file('[Socket]\n')],
  ])('leave alone %s', async (_what, place) => {
    const tree: Tree = new Map([
      [munge, file(content)],
      [rpcbind, place],
    ])
    expect(await decisionOn(tree)).toEqual(converged)
  })

  test('of a front end hold what its packages would start unconfigured', async () => {
    const rulesOf = async (nfs: object) => {
      const config = configuration({ nfs })
      const machine = smallMachine({ local: new Map() })
      const [first] = stepsOf(config)
      const decide = await first?.look(config, machine.host, signal)
      const decision = decide?.([])
      return decision?.is === 'act' ? decision.actions.map((action) => ('path' in action ? action.path : '')) : []
    }
    const dropIns = ['munge', 'slurmctld', 'nfs-server'].map(
      (name) => `/etc/systemd/system/${name}.service.d/slurm-node-agent.conf`,
    )
    const masks = ['rpcbind.socket', 'rpcbind.service', 'rpc-statd.service'].map(
      (name) => `/etc/systemd/system/${name}`,
    )
    expect(await rulesOf({})).toEqual(expect.arrayContaining([...dropIns, ...masks]))
    expect(await rulesOf({ v3: true })).toEqual(expect.arrayContaining(dropIns))
    expect(await rulesOf({ v3: true })).toHaveLength(dropIns.length)
  })
})
