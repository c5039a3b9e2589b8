import { describe, expect, test } from 'vitest'
import { printRotation } from '../../src/formats/munge-rotation.ts'
import { mungeKeyNodes } from '../../src/steps/munge-key-nodes.ts'
import { mungeKeyTold } from '../../src/steps/munge-key-told.ts'
import { fakeHost, signal } from '../fake-host.ts'
import { configuration, jobConfiguration } from './configuration.ts'
import { current, keys, local, sumOf } from './munge-keys.ts'
import { unitsShow, unitsShown } from './services.ts'
import { file, settle, smallMachine } from './small-machine.ts'

const config = configuration()
const nodes = '/mnt/work/slurm/nodes'
const rotation = `${keys}/rotation`
const unit = 'slurmctld.service'

interface Situation {
  readonly told?: Readonly<Record<string, string>>
  readonly isNew?: boolean
  readonly active?: string
}

function look({ told = {}, isNew = true, active = 'inactive' }: Situation) {
  return mungeKeyNodes.observe(
    config,
    fakeHost({
      commands: {
        [`find ${current} -maxdepth 0 -cmin -15`]: isNew ? `${current}\n` : '',
        [unitsShow(unit)]: unitsShown(active),
      },
      stats: {
        [current]: {
          kind: 'symlink',
          target: `${sumOf('b')}.key`,
          mode: 0o777,
          owner: 'root:root',
          sizeBytes: 68,
          changedAtMs: 0,
        },
      },
      directories: {
        [nodes]: ['job-1.json', '.job-1.munge-key.x', ...Object.keys(told).map((node) => `${node}.munge-key`)],
        [keys]: [
          `.${'0'.repeat(12)}.slurm-node-agent`,
          `${sumOf('a')}.key`,
          `${sumOf('b')}.key`,
          'current',
          'notes',
          'rotation',
        ],
      },
      files: {
        [rotation]: printRotation({ old: sumOf('a'), known: [] }),
        ...Object.fromEntries(Object.entries(told).map(([node, sum]) => [`${nodes}/${node}.munge-key`, `${sum}\n`])),
      },
    }),
    signal,
  )
}

const decide = async (of: Situation) => mungeKeyNodes.decide(config, await look(of), [])

async function removed(of: Situation): Promise<readonly string[]> {
  const decision = await decide(of)
  if (decision.is !== 'act') throw new Error(`it decides to ${JSON.stringify(decision)}`)
  return decision.actions.map((action) => (action.do === 'remove' ? action.path : action.do))
}

const gone = [`${keys}/.${'0'.repeat(12)}.slurm-node-agent`, `${keys}/${sumOf('a')}.key`, rotation]

describe('the nodes, while a key is replaced', () => {
  test('are waited for until all have told that they have it', async () => {
    expect(await decide({ told: { 'job-1': sumOf('b'), 'job-2': sumOf('a') } })).toEqual({
      is: 'wait',
      code: 'MUNGE_KEY_NOT_TAKEN_UP',
      for: 'job-2; at the latest 15 minutes after the change slurmctld starts without them',
    })
  })

  test.each(['active', 'activating'])('keep slurmctld stopped, however it came to be %s', async (active) => {
    expect(await decide({ told: { 'job-2': sumOf('a') }, active })).toMatchObject({
      is: 'act',
      actions: [{ argv: ['systemctl', 'stop', unit] }],
    })
  })

  test('having it, all other keys go, and all that was left of one', async () => {
    expect(await removed({ told: { 'job-1': sumOf('b'), 'job-2': sumOf('b') } })).toEqual(gone)
    expect(await removed({})).toEqual(gone)
  })

  test('that slurm.conf has no longer are not waited for', async () => {
    expect(await removed({ told: { 'job-9': sumOf('a') } })).toEqual(gone)
  })

  test('that are off are not waited for for ever, and told of', async () => {
    const of = { told: { 'job-2': sumOf('a') }, isNew: false }
    expect(await removed(of)).toEqual(gone)
    const decision = await decide(of)
    expect(decision.is === 'act' && decision.actions.at(-1)).toEqual({
      do: 'remove',
      path: rotation,
      whileMounted: '/mnt/work',
      because: 'the nodes without the new key: job-2',
      warnings: [
        { code: 'MUNGE_KEY_LEFT_BEHIND', text: 'job-2 did not take the new key up in time: their jobs may be lost' },
      ],
    })
  })

  test('are not looked at otherwise', async () => {
    const host = fakeHost({ files: { [rotation]: undefined } })
    const seen = await mungeKeyNodes.observe(config, host, signal)
    expect(mungeKeyNodes.decide(config, seen, [])).toEqual({ is: 'converged', because: 'no key is being replaced' })
  })
})

test('a node tells which key it has, by its fingerprint', async () => {
  const path = `${nodes}/job-1.munge-key`
  const machine = smallMachine({ local: local('a') })
  expect(await settle(mungeKeyTold, jobConfiguration(), machine)).toMatchObject({ is: 'converged' })
  expect(machine.done).toEqual([`write ${path}`])
  const again = smallMachine({ local: local('a'), shared: new Map([[path, file(`${sumOf('a')}\n`)]]) })
  expect(await settle(mungeKeyTold, jobConfiguration(), again)).toMatchObject({ is: 'converged' })
  expect(again.done).toEqual([])
})
