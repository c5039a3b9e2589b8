import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { StepResult } from '../../src/engine/events.ts'
import type { Look } from './looks.ts'
import { type Entry, type Played, play } from './play.ts'
import { type RandomPlay, randomPlay } from './random-scripts.ts'

const graceMs = 15_000

/** Plays random scripts and holds what was seen against `promise`. */
async function always(
  promise: (played: Played, scripted: RandomPlay) => void,
  { mayAct = () => true, ...kinds }: { mayAct?: () => boolean; locks?: boolean; stops?: boolean } = {},
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(randomPlay(kinds), async (scripted) => {
      promise(await play(scripted.scripts, { ...scripted.play, mayAct }), scripted)
    }),
    { numRuns: 200 },
  )
}

const isEnd = (step: string) => (entry: Entry) =>
  entry.saw === 'event' && entry.event.event === 'step-ended' && entry.event.step === step

describe('whatever the steps see and whatever goes wrong', () => {
  test('every step gets one result, which its last event tells', async () => {
    await always(({ results, entries }, { scripts }) => {
      expect(Object.keys(results).toSorted()).toEqual(scripts.map(({ id }) => id).toSorted())
      for (const { id } of scripts) {
        const told = entries.flatMap((entry) => (entry.saw === 'event' && entry.event.step === id ? [entry.event] : []))
        const ends = told.filter((event) => event.event === 'step-ended')
        expect(ends.map((event) => event.result)).toEqual([results[id]])
        expect(told.at(-1)).toBe(ends[0])
      }
    })
  })

  test('no step is looked at before those that it comes after have converged', async () => {
    await always(({ entries }, { scripts }) => {
      for (const { id, after = [] } of scripts) {
        const first = entries.findIndex((entry) => isAbout(entry, id) && !isEnd(id)(entry))
        if (first < 0) continue
        for (const before of after) {
          expect(entries.slice(0, first)).toContainEqual(
            expect.objectContaining({
              event: expect.objectContaining({
                event: 'step-ended',
                step: before,
                result: expect.objectContaining({ is: 'converged' }),
              }),
            }),
          )
        }
      }
    })
  })

  test('a step is blocked if and only if one that it comes after has not converged', async () => {
    await always(({ results }, { scripts }) => {
      for (const { id, after = [] } of scripts) {
        const inTheWay = after.filter((before) => results[before]?.is !== 'converged')
        const blocked = inTheWay.map((by) => ({ is: 'blocked', by })).slice(0, 1)
        expect([results[id]].filter((result) => result?.is === 'blocked')).toEqual(blocked)
      }
    })
  })

  test('a step has converged, or was refused, only by the word of its last look', async () => {
    await always(({ results, entries }) => {
      for (const [id, result] of Object.entries(results)) {
        const end = entries.findIndex(isEnd(id))
        const looks = entries.slice(0, end).flatMap((entry) => (isLook(entry, id) ? [entry.look] : []))
        expect([undefined, looks.at(-1)]).toContain(said(result))
      }
    })
  })

  test('after the end nothing is done and nothing is told', async () => {
    await always(({ entries, entriesAtEnd }) => {
      expect(entries.slice(entriesAtEnd).filter((entry) => entry.saw !== 'look')).toEqual([])
    })
  })

  test('no action begins after a stop, and none after the deadline but what finishes a round, in the grace', async () => {
    await always(({ entries }, { play: { deeds = {}, stopAtMs = Infinity } }) => {
      const longestMs = Math.max(...Object.values(deeds).map(({ tookMs = 0 }) => tookMs))
      for (const { at, deadlineAt } of actions(entries)) {
        expect(at).toBeLessThanOrEqual(deadlineAt + longestMs + graceMs)
        expect(at).toBeLessThanOrEqual(stopAtMs)
      }
    })
  })

  test('no two actions under one lock are carried out at once', async () => {
    await always(({ entries }) => {
      let holders = 0
      for (const entry of entries) {
        if (!(entry.saw === 'effect' || entry.saw === 'effect-over')) continue
        if (entry.action.do !== 'exec' || entry.action.lock === undefined) continue
        holders += entry.saw === 'effect' ? 1 : -1
        expect(holders).toBeLessThanOrEqual(1)
      }
    })
  })

  test('it ends within the deadlines, one grace each, and the actions that may not be or are not interrupted', async () => {
    await always(({ endedAtMs }, { scripts, play: { deeds = {}, stopAtMs = Infinity } }) => {
      const longestMs = Math.max(...Object.values(deeds).map(({ tookMs = 0 }) => tookMs))
      const deadlines = scripts.map(({ deadlineMs = 0 }) => deadlineMs + longestMs + graceMs + longestMs)
      let mostMs = 0
      for (const ms of deadlines) mostMs += ms
      expect(endedAtMs).toBeLessThanOrEqual(Math.min(mostMs, stopAtMs + longestMs))
    })
  })

  test('a failure has a code and a reason, and only a stop interrupts', async () => {
    await always(
      ({ results }) => {
        for (const result of Object.values(results)) {
          expect(result.is).not.toBe('interrupted')
          expect('because' in result ? result.because : 'blocked').not.toBe('')
        }
      },
      { stops: false },
    )
  })
})

describe('where nothing may act', () => {
  test('nothing is done, and nothing is looked at twice', async () => {
    await always(
      ({ entries }, { scripts }) => {
        expect(entries.filter((entry) => entry.saw === 'effect')).toEqual([])
        for (const { id } of scripts) {
          expect(entries.filter((entry) => isLook(entry, id)).length).toBeLessThanOrEqual(1)
        }
      },
      { mayAct: () => false },
    )
  })
})

describe('the order of the list', () => {
  // Who is first in the queue for a lock is a matter of the order; nothing else is.
  test('does not matter to the results', async () => {
    const shuffled = randomPlay({ locks: false }).chain(({ scripts, play: how }) =>
      fc.record({
        scripts: fc.constant(scripts),
        others: fc.shuffledSubarray([...scripts], { minLength: scripts.length }),
        how: fc.constant(how),
      }),
    )
    await fc.assert(
      fc.asyncProperty(shuffled, async ({ scripts, others, how }) => {
        const [one, other] = await Promise.all([play(scripts, how), play(others, how)])
        expect(other.results).toEqual(one.results)
      }),
      { numRuns: 200 },
    )
  })
})

function isAbout(entry: Entry, step: string): boolean {
  return isLook(entry, step) || (entry.saw === 'event' && entry.event.step === step)
}

/** When each action began, and by when its step was to be done. */
function actions(entries: readonly Entry[]): readonly { at: number; deadlineAt: number }[] {
  const deadlines = new Map<string, number>()
  return entries.flatMap((entry) => {
    if (entry.saw !== 'event') return []
    const { at, event } = entry
    if (event.event === 'step-started') deadlines.set(event.step, at + event.deadlineMs)
    return event.event === 'action-started' ? [{ at, deadlineAt: deadlines.get(event.step) ?? 0 }] : []
  })
}

function isLook(entry: Entry, step: string): entry is Extract<Entry, { saw: 'look' }> {
  return entry.saw === 'look' && entry.step === step
}

/** Which look alone can have led to the result; undefined where none need have. */
function said(result: StepResult): Look['is'] | undefined {
  if (result.is === 'converged') return 'converged'
  return result.is === 'refused' ? 'refuse' : undefined
}
