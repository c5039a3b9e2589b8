import { describe, expect, test } from 'vitest'
import { printRotation } from '../../src/formats/munge-rotation.ts'
import { mungeKey } from '../../src/steps/munge-key.ts'
import { configuration } from './configuration.ts'
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
import { file, type SmallMachine, settle, sha256Of, smallMachine, type Tree, takeTurn } from './small-machine.ts'

const config = configuration()
const rotation = `${keys}/rotation`
const asks = (old: string, ...known: readonly string[]) =>
  [rotation, file(printRotation({ old: sumOf(old), known: known.map(sumOf) }), 0o600)] as const

const machineWith = (shared: Tree): SmallMachine =>
  smallMachine({ local: local('a', `${sumOf('a')}\n`), shared, run: () => undefined })

/** What the pointer leads to. */
function newKey(machine: SmallMachine): string {
  const link = machine.at(current)
  const name = link?.kind === 'symlink' ? link.target : ''
  const text = machine.content(`${keys}/${name}`) ?? ''
  expect(`${sha256Of(text)}.key`).toBe(name)
  return text
}

describe('a Munge key that is to be replaced', () => {
  test('gives way to a new one, behind a slurmctld that is stopped', async () => {
    const machine = machineWith(share(published('a'), pointer('a'), asks('a', 'a')))
    const decision = await settle(mungeKey, config, machine)
    const text = newKey(machine)
    expect(decision).toEqual(converged(sha256Of(text)))
    expect(text).not.toBe(key('a'))
    expect(machine.content(localKey)).toBe(text)
    expect(machine.done).toEqual([
      `make-secret in ${keys}`,
      'systemctl stop slurmctld.service',
      `symlink ${current} -> ${sha256Of(text)}.key`,
      expect.stringMatching(/^copy-secret/),
      `write ${record}`,
    ])
  })

  test('stays on the share, with its record, until the nodes have the new one', async () => {
    const machine = machineWith(share(published('a'), pointer('a'), asks('a', 'a')))
    await settle(mungeKey, config, machine)
    expect(machine.content(`${keys}/${sumOf('a')}.key`)).toBe(key('a'))
    expect(machine.at(rotation)).toBeDefined()
  })

  test('is replaced once, after whichever decision a run was cut off', async () => {
    for (let turns = 1; turns < 6; turns += 1) {
      const machine = machineWith(share(published('a'), pointer('a'), asks('a', 'a')))
      for (let turn = 0; turn < turns; turn += 1) await takeTurn(mungeKey, config, machine, [])
      expect(await settle(mungeKey, config, machine)).toEqual(converged(sha256Of(newKey(machine))))
      expect(machine.done.filter((done) => done.startsWith('make-secret'))).toHaveLength(1)
    }
  })

  test('is replaced by no key that was there before: that may be the one that leaked', async () => {
    const machine = machineWith(share(published('a'), published('b'), pointer('a'), asks('a', 'a', 'b')))
    await settle(mungeKey, config, machine)
    expect([key('a'), key('b')]).not.toContain(newKey(machine))
  })

  test('is gone on with by a front end in the place of the one that began', async () => {
    const shared = share(published('a'), pointer('a'), asks('a', 'a'))
    const first = machineWith(shared)
    for (let turn = 0; turn < 2; turn += 1) await takeTurn(mungeKey, config, first, [])
    const second = smallMachine({ name: 'b', local: new Map(), shared, run: () => undefined })
    expect(await settle(mungeKey, config, second)).toEqual(converged(sha256Of(newKey(second))))
    expect(second.done.some((done) => done.startsWith('make-secret'))).toBe(false)
  })

  test('is left where the record says nothing', async () => {
    const machine = machineWith(share(published('a'), pointer('a'), [rotation, file('x\n', 0o600)]))
    expect(await settle(mungeKey, config, machine)).toMatchObject({
      is: 'refuse',
      code: 'MUNGE_KEY_DAMAGED',
      hint: `remove ${rotation}`,
    })
    expect(machine.done).toEqual([])
  })
})
