import * as fc from 'fast-check'
import type { Exec } from '../../src/engine/action.ts'
import { act, converged, hangs, hangsDeaf, type Look, refuse, run, throws, wait } from './looks.ts'
import { type Play, type Script } from './play.ts'

export interface RandomPlay {
  readonly scripts: readonly Script[]
  readonly play: Play
}

const milliseconds = fc.oneof(fc.constant(0), fc.nat(30_000))

const deed = fc.record({
  tookMs: milliseconds,
  ends: fc.array(fc.constantFrom('done', 'failed', 'stale'), { minLength: 1, maxLength: 3 }),
})

/** Few programs, so that rounds come again; each step has its own, since tries are counted by program. */
const programs = ['a', 'b', 'c', 'd'] as const

function action(step: string, locks: boolean): fc.Arbitrary<Exec> {
  return fc
    .record({ program: fc.constantFrom(...programs), deaf: fc.boolean(), mayFail: fc.boolean(), lock: fc.boolean() })
    .map(({ program, deaf, mayFail, lock }) =>
      run(`${step}.${program}`, {
        ...(deaf ? { uninterruptible: true } : {}),
        ...(mayFail ? { mayFail: true } : {}),
        ...(lock && locks ? { lock: 'apt' } : {}),
      }),
    )
}

function look(step: string, locks: boolean): fc.Arbitrary<Look> {
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant(converged) },
    { weight: 5, arbitrary: fc.array(action(step, locks), { maxLength: 3 }).map((actions) => act(...actions)) },
    { weight: 2, arbitrary: fc.constant(wait) },
    { weight: 1, arbitrary: fc.constantFrom<Look>(refuse, throws, hangs, hangsDeaf) },
  )
}

function script(index: number, locks: boolean): fc.Arbitrary<Script> {
  const id = `s${index}`
  return fc
    .record({
      before: fc.uniqueArray(fc.nat(Math.max(0, index - 1)), { maxLength: index === 0 ? 0 : 2 }),
      deadlineMs: fc.integer({ min: 1, max: 60_000 }),
      looks: fc.array(look(id, locks), { minLength: 1, maxLength: 5 }),
      lookMs: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(40_000) }),
      cycles: fc.boolean(),
    })
    .map(({ before, ...rest }) => ({ id, after: before.map((at) => `s${at}`), ...rest }))
}

/** Any graph without circles of steps that see anything, and a machine on which anything may go wrong. */
export function randomPlay({ locks = true, stops = true } = {}): fc.Arbitrary<RandomPlay> {
  const scripts = fc
    .integer({ min: 1, max: 6 })
    .chain((count) => fc.tuple(...Array.from({ length: count }, (_, index) => script(index, locks))))
  const stopAtMs = stops ? fc.option(fc.nat(90_000), { nil: undefined }) : fc.constant(undefined)
  return fc
    .record({ scripts, a: deed, b: deed, c: deed, d: deed, stopAtMs })
    .map(({ scripts: steps, stopAtMs: stop, ...deeds }) => ({
      scripts: steps,
      play: { deeds, ...(stop === undefined ? {} : { stopAtMs: stop }) },
    }))
}
