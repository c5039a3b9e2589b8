import { describe, expect, test } from 'vitest'
import { sharedMungeKey } from '../../src/steps/munge-key-shared.ts'
import { jobConfiguration } from './configuration.ts'
import {
  converged,
  current,
  key,
  local,
  localKey,
  packaged,
  pointer,
  published,
  record,
  share,
  sumOf,
} from './munge-keys.ts'
import { directory, file, settle, smallMachine, takeTurn } from './small-machine.ts'

const config = jobConfiguration()
const wait = { is: 'wait', code: 'MUNGE_KEY_NOT_PUBLISHED', for: `the front end, which makes ${current}` }

describe('the Munge key of a job server', () => {
  test('is the one that the front end has published', async () => {
    const machine = smallMachine({ local: packaged(), shared: share(published('a'), pointer('a')) })
    expect(await settle(sharedMungeKey, config, machine)).toEqual(converged(sumOf('a')))
    expect(machine.at(localKey)).toEqual(file(key('a'), 0o400, 'munge:munge'))
    expect(machine.done).toEqual([
      expect.stringMatching(/^copy-secret .* to \/etc\/munge\/munge\.key$/),
      `write ${record}`,
    ])
  })

  test('is left as it is once it is there', async () => {
    const machine = smallMachine({
      local: local('a', `${sumOf('a')}\n`),
      shared: share(published('a'), pointer('a')),
    })
    expect(await settle(sharedMungeKey, config, machine)).toEqual(converged(sumOf('a')))
    expect(machine.done).toEqual([])
  })

  test('follows another one', async () => {
    const machine = smallMachine({
      local: local('a', `${sumOf('a')}\n`),
      shared: share(published('a'), published('b'), pointer('b')),
    })
    expect(await settle(sharedMungeKey, config, machine)).toEqual(converged(sumOf('b')))
  })

  test.each([
    ['nothing is on the share', new Map()],
    ['the directory is empty', share()],
    ['a key is written, and is not the current one yet', share(published('a'))],
  ])('is waited for, and nothing is made, while %s', async (_what, shared) => {
    const machine = smallMachine({ local: local('b', `${sumOf('b')}\n`), shared })
    expect(await takeTurn(sharedMungeKey, config, machine, [])).toEqual(wait)
    expect(machine.done).toEqual([])
  })

  test('is waited for where the pointer is older than what is there', async () => {
    const machine = smallMachine({ local: local('a'), shared: share(published('b'), pointer('a')) })
    expect(await takeTurn(sharedMungeKey, config, machine, [])).toMatchObject({
      is: 'wait',
      code: 'MUNGE_KEY_NOT_PUBLISHED',
      for: expect.stringContaining('which is not there'),
    })
  })

  test('is not taken from a directory that is not root’s', async () => {
    const shared = share(published('a'), pointer('a'))
    shared.set('/mnt/work/slurm/munge', directory(0o700, 'mallory:mallory'))
    const machine = smallMachine({ local: packaged(), shared })
    expect(await settle(sharedMungeKey, config, machine)).toMatchObject({ is: 'refuse', code: 'MUNGE_KEY_NOT_ROOTS' })
  })

  test('is not taken where its file is not what its name says', async () => {
    const shared = share(published('a'), pointer('a'))
    shared.set(`/mnt/work/slurm/munge/${sumOf('a')}.key`, file(key('a').slice(0, 500), 0o600))
    const machine = smallMachine({ local: packaged(), shared })
    expect(await settle(sharedMungeKey, config, machine)).toMatchObject({ is: 'refuse', code: 'MUNGE_KEY_DAMAGED' })
    expect(machine.at(localKey)).toEqual(packaged().get(localKey))
  })
})
