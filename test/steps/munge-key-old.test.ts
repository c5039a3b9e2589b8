import { describe, expect, test } from 'vitest'
import type { ActionOutcome } from '../../src/engine/action.ts'
import { mungeKey } from '../../src/steps/munge-key.ts'
import { sharedMungeKey } from '../../src/steps/munge-key-shared.ts'
import { configuration, jobConfiguration } from './configuration.ts'
import {
  converged,
  current,
  key,
  keys,
  local,
  localKey,
  packaged,
  pointer,
  published,
  record,
  share,
  sumOf,
} from './munge-keys.ts'
import { directory, file, type Place, settle, smallMachine, type Tree, takeTurn } from './small-machine.ts'

const config = configuration()
const oldKey = '/mnt/work/slurm/munge.key'
const old = (place: Place): Tree =>
  new Map([
    ['/mnt/work/slurm', directory(0o755)],
    [oldKey, place],
  ])
const readable = {
  code: 'MUNGE_KEY_WAS_READABLE',
  text: `the old script had left the cluster's key in ${oldKey} for everybody to read: make a new one`,
}
/** As the script leaves the machine on which it ran. */
const byScript = (): Tree => new Map([[localKey, file(key('a'), 0o600, 'munge:munge')]])

describe('the key that the old script left on the share', () => {
  test('stays the cluster’s, is read by root alone from then on, and told of once', async () => {
    const machine = smallMachine({ local: byScript(), shared: old(file(key('a'))) })
    expect(await settle(mungeKey, config, machine)).toEqual({ ...converged(sumOf('a')), warnings: [readable] })
    expect(machine.done).toEqual([
      `mkdir ${keys}`,
      `copy-secret ${oldKey} to ${keys}/${sumOf('a')}.key`,
      `symlink ${current} -> ${sumOf('a')}.key`,
      `permit ${localKey}`,
      `write ${record}`,
      `permit ${oldKey}`,
    ])
    expect([machine.at(oldKey), machine.at(`${keys}/${sumOf('a')}.key`), machine.at(localKey)]).toEqual([
      file(key('a'), 0o600),
      file(key('a'), 0o600),
      file(key('a'), 0o400, 'munge:munge'),
    ])
    const again = smallMachine({
      local: local('a', `${sumOf('a')}\n`),
      shared: share(published('a'), pointer('a'), [oldKey, file(key('a'), 0o600)]),
    })
    expect(await settle(mungeKey, config, again)).toEqual(converged(sumOf('a')))
    expect(again.done).toEqual([])
  })

  test('stays readable, as what tells of it, until nothing else is left to do', async () => {
    const machine = smallMachine({ local: byScript(), shared: old(file(key('a'))) })
    const past: ActionOutcome[] = []
    while (machine.content(record) === undefined) {
      expect(machine.at(oldKey)).toEqual(file(key('a')))
      await takeTurn(mungeKey, config, machine, past)
    }
    expect(machine.at(oldKey)).toEqual(file(key('a')))
    // The run was cut off here: the next one knows nothing of its past.
    expect(await settle(mungeKey, config, machine)).toEqual({ ...converged(sumOf('a')), warnings: [readable] })
    expect(machine.at(oldKey)).toEqual(file(key('a'), 0o600))
  })

  test('is left by a job server to the front end, which tells of it', async () => {
    const shared = share(published('a'), pointer('a'), [oldKey, file(key('a'))])
    const machine = smallMachine({ local: packaged(), shared })
    expect(await settle(sharedMungeKey, jobConfiguration(), machine)).toEqual(converged(sumOf('a')))
    expect(machine.at(oldKey)).toEqual(file(key('a')))
  })

  test('is taken by a front end in the place of the one on which the script ran', async () => {
    const machine = smallMachine({ local: packaged(), shared: old(file(key('a'))) })
    expect(await settle(mungeKey, config, machine)).toMatchObject({ is: 'converged' })
    expect(machine.content(localKey)).toBe(key('a'))
  })

  test('counts less than the one that the agent put in place', async () => {
    const machine = smallMachine({ local: local('b', `${sumOf('b')}\n`), shared: old(file(key('a'))) })
    expect(await settle(mungeKey, config, machine)).toEqual(converged(sumOf('b')))
    expect(machine.at(oldKey)).toEqual(file(key('a')))
  })

  test('is left alone when it is not the cluster’s', async () => {
    const shared = share(published('b'), pointer('b'), [oldKey, file(key('a'))])
    const machine = smallMachine({ local: local('b', `${sumOf('b')}\n`), shared })
    expect(await settle(mungeKey, config, machine)).toEqual(converged(sumOf('b')))
    expect(machine.done).toEqual([])
  })

  test('is refused when it is not root’s', async () => {
    const machine = smallMachine({ local: byScript(), shared: old(file(key('a'), 0o644, 'ubuntu:ubuntu')) })
    expect(await settle(mungeKey, config, machine)).toMatchObject({
      is: 'refuse',
      code: 'MUNGE_KEY_NOT_ROOTS',
      because: `${oldKey} belongs to ubuntu:ubuntu: others than root could choose the cluster's key`,
    })
    expect(machine.done).toEqual([`mkdir ${keys}`])
  })

  test.each<[string, Place]>([
    ['holds nothing', file('')],
    ['holds less than munged takes', file(key('a').slice(0, 31))],
    ['is a link', { kind: 'symlink', target: '/etc/munge/munge.key' }],
  ])('is none when it %s', async (_what, place) => {
    const machine = smallMachine({ local: packaged(), shared: old(place) })
    await settle(mungeKey, config, machine)
    expect(machine.done[1]).toBe(`make-secret in ${keys}`)
  })

  test('is made new as the explanation of the warning says', async () => {
    const shared = share([oldKey, file(key('a'), 0o600)], published('a'), pointer('a'))
    for (const removed of [keys, current, oldKey, `${keys}/${sumOf('a')}.key`]) shared.delete(removed)
    const machine = smallMachine({ local: new Map([[record, file(`${sumOf('a')}\n`, 0o600)]]), shared })
    expect(await settle(mungeKey, config, machine)).toMatchObject({ is: 'converged' })
    expect(machine.content(localKey)).toMatch(/^secret of a/)
  })
})
