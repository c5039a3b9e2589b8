import { setImmediate } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { ActionOutcome } from '../../src/engine/action.ts'
import { mungeKey } from '../../src/steps/munge-key.ts'
import { signal } from '../fake-host.ts'
import { configuration } from './configuration.ts'
import { converged, current, localKey, packaged, pointer, published, share, sumOf } from './munge-keys.ts'
import { settle, sha256Of, smallMachine, type Tree, takeTurn } from './small-machine.ts'

const config = configuration()

describe('two front ends at once', () => {
  /** Every order in which two machines of at most six turns each can take them. */
  const orders = Array.from({ length: 2 ** 10 }, (_unused, bits) =>
    Array.from({ length: 10 }, (_none, turn) => (bits >> turn) & 1),
  )

  test('end with one key, whichever of them does what first', async () => {
    const winners = new Set<string>()
    for (const order of orders) {
      const shared: Tree = new Map()
      const both = ['first', 'second'].map((name) => ({
        machine: smallMachine({ name, local: packaged(), shared }),
        past: [] as ActionOutcome[],
      }))
      for (const who of order) {
        const taker = both[who]
        if (taker !== undefined) await takeTurn(mungeKey, config, taker.machine, taker.past)
      }
      const decisions = await Promise.all(both.map(({ machine }) => settle(mungeKey, config, machine)))
      const place = shared.get(current)
      const target = place?.kind === 'symlink' ? place.target : ''
      expect(decisions).toEqual([converged(target), converged(target)])
      const contents = both.map(({ machine }) => machine.content(localKey) ?? '')
      expect(contents.map((content) => `${sha256Of(content)}.key`)).toEqual([target, target])
      winners.add(contents[0]?.slice(0, 16) ?? '')
    }
    expect(winners.size).toBe(2)
  })

  test('the one that comes too late with its pointer looks again', async () => {
    const shared = share(published('a'))
    const machine = smallMachine({ local: packaged(), shared })
    const past: ActionOutcome[] = []
    const seen = await mungeKey.observe(config, machine.host, signal)
    shared.set(...published('b')).set(...pointer('b'))
    const decision = mungeKey.decide(config, seen, past)
    const outcomes = decision.is === 'act' ? decision.actions.map((action) => machine.perform(action).is) : []
    expect(outcomes).toEqual(['stale'])
    expect(await settle(mungeKey, config, machine)).toEqual(converged(sumOf('b')))
  })

  test('a key that comes with its pointer after the listing is not taken for a damaged one', async () => {
    const shared = share()
    const machine = smallMachine({ local: packaged(), shared })
    const host = {
      ...machine.host,
      list: async (path: string) => {
        const names = await machine.host.list(path)
        shared.set(...published('a')).set(...pointer('a'))
        return names
      },
      stat: async (path: string) => {
        await setImmediate()
        return await machine.host.stat(path)
      },
    }
    const seen = await mungeKey.observe(config, host, signal)
    expect(mungeKey.decide(config, seen, [])).toMatchObject({
      is: 'act',
      actions: [{ do: 'copy-secret' }, { do: 'write' }],
    })
  })
})
