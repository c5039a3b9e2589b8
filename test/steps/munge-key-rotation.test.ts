import { describe, expect, test } from 'vitest'
import { mungeKey } from '../../src/steps/munge-key.ts'
import { mungeKeyNodes, mungeKeyTold } from '../../src/steps/munge-key-nodes.ts'
import { rotationPath } from '../../src/steps/munge-key-rotation.ts'
import { fakeHost, signal } from '../fake-host.ts'
import { configuration, jobConfiguration } from './configuration.ts'
import {
  converged,
  current,
  key,
  keys,
  local,
  localKey,
  pointer,
  published,
  record,
  share,
  sumOf,
} from './munge-keys.ts'
import { file, type SmallMachine, settle, sha256Of, smallMachine, takeTurn } from './small-machine.ts'

const config = configuration()
const stopSlurmctld = 'systemctl stop slurmctld.service'

/** A front end whose key a person wants to be replaced. */
function asked(shared = share(published('a'), pointer('a'))): SmallMachine {
  const tree = local('a', `${sumOf('a')}\n`)
  tree.set(rotationPath, file(`${sumOf('a')}\n`, 0o600))
  return smallMachine({ local: tree, shared, run: () => undefined })
}

/** The one that the machine made. */
function newKey(machine: SmallMachine): string {
  const link = machine.at(current)
  const name = link?.kind === 'symlink' ? link.target : ''
  const text = machine.content(`${keys}/${name}`) ?? ''
  expect(`${sha256Of(text)}.key`).toBe(name)
  return text
}

describe('a Munge key that is to be replaced', () => {
  test('gives way to a new one, here and on the share, and is gone', async () => {
    const machine = asked()
    const decision = await settle(mungeKey, config, machine)
    const text = newKey(machine)
    expect(decision).toEqual(converged(sha256Of(text)))
    expect(text).not.toBe(key('a'))
    expect(machine.content(localKey)).toBe(text)
    expect(machine.at(`${keys}/${sumOf('a')}.key`)).toBeUndefined()
    expect(machine.at(rotationPath)).toBeUndefined()
    expect(machine.done).toEqual([
      `make-secret in ${keys}`,
      stopSlurmctld,
      `symlink ${current} -> ${sha256Of(text)}.key`,
      `remove ${keys}/${sumOf('a')}.key`,
      `remove ${rotationPath}`,
      expect.stringMatching(/^copy-secret/),
      `write ${record}`,
    ])
  })

  test('is replaced once, wherever a run was cut off', async () => {
    for (let turns = 1; turns < 6; turns += 1) {
      const machine = asked()
      for (let turn = 0; turn < turns; turn += 1) await takeTurn(mungeKey, config, machine, [])
      expect(await settle(mungeKey, config, machine)).toEqual(converged(sha256Of(newKey(machine))))
      expect(machine.done.filter((done) => done.startsWith('make-secret'))).toHaveLength(1)
      expect(machine.at(rotationPath)).toBeUndefined()
    }
  })

  test('is left alone where it is another one by now', async () => {
    const machine = asked(share(published('b'), pointer('b')))
    expect(await settle(mungeKey, config, machine)).toEqual(converged(sumOf('b')))
    expect(machine.done[0]).toBe(`remove ${rotationPath}`)
  })
})

describe('the nodes, when a key was replaced', () => {
  const nodes = '/mnt/work/slurm/nodes'
  const find = `find ${current} -maxdepth 0 -cmin -15`
  const look = (isNew: boolean, told: Readonly<Record<string, string>>) =>
    mungeKeyNodes.observe(
      config,
      fakeHost({
        commands: { [find]: isNew ? `${current}\n` : '' },
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
        },
        files: Object.fromEntries(
          Object.entries(told).map(([node, sum]) => [`${nodes}/${node}.munge-key`, `${sum}\n`]),
        ),
      }),
      signal,
    )
  const decide = async (...of: Parameters<typeof look>) => mungeKeyNodes.decide(config, await look(...of), [])

  test('are waited for until all have told that they have it', async () => {
    expect(await decide(true, { 'job-1': sumOf('b'), 'job-2': sumOf('a') })).toEqual({
      is: 'wait',
      code: 'MUNGE_KEY_NOT_TAKEN_UP',
      for: 'job-2; at the latest 15 minutes after the change slurmctld starts without them',
    })
    expect(await decide(true, { 'job-1': sumOf('b'), 'job-2': sumOf('b') })).toMatchObject({ is: 'converged' })
  })

  test('that are off are not waited for for ever', async () => {
    expect(await decide(false, { 'job-2': sumOf('a') })).toEqual({ is: 'converged', because: 'not waited for: job-2' })
  })

  test('of a new cluster have told nothing, and nobody waits', async () => {
    expect(await decide(true, {})).toMatchObject({ is: 'converged' })
  })

  test('tell which key they have, by its fingerprint', async () => {
    const path = `${nodes}/job-1.munge-key`
    const machine = smallMachine({ local: local('a') })
    expect(await settle(mungeKeyTold, jobConfiguration(), machine)).toMatchObject({ is: 'converged' })
    expect(machine.done).toEqual([`write ${path}`])
    const again = smallMachine({ local: local('a'), shared: new Map([[path, file(`${sumOf('a')}\n`)]]) })
    expect(await settle(mungeKeyTold, jobConfiguration(), again)).toMatchObject({ is: 'converged' })
    expect(again.done).toEqual([])
  })
})
