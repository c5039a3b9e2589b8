import { describe, expect, test } from 'vitest'
import { act, converged, hangs, isConverged, refuse, run, throws, wait } from './looks.ts'
import { effects, lookTimes, play } from './play.ts'

const nothing = () => false

describe('a plan', () => {
  test('says what is to be done and does nothing', async () => {
    const decision = act(run('hostnamectl'))
    const played = await play([{ id: 'hostname', looks: [decision] }], { mayAct: nothing })
    expect(played.results).toEqual({ hostname: { is: 'pending', decision } })
    expect(effects(played)).toEqual([])
  })

  test.each([
    ['a wait', wait],
    ['a refusal', refuse],
  ])('does not repeat %s', async (_kind, decision) => {
    const played = await play([{ id: 'a', looks: [decision] }], { mayAct: nothing })
    expect(played.results).toEqual({ a: { is: 'pending', decision } })
    expect(lookTimes(played, 'a')).toEqual([0])
  })

  test('does not look at what depends on something that is to be done', async () => {
    const decision = act(run('mount'))
    const played = await play(
      [
        { id: 'mount', looks: [decision] },
        { id: 'export', after: ['mount'], looks: [converged] },
      ],
      { mayAct: nothing },
    )
    expect(played.results).toEqual({ mount: { is: 'pending', decision }, export: { is: 'blocked', by: 'mount' } })
  })

  test('says what it could not see', async () => {
    const { results } = await play([{ id: 'a', looks: [throws] }], { mayAct: nothing })
    expect(results).toEqual({ a: { is: 'failed', code: 'OBSERVATION_FAILED', because: 'no route to host' } })
  })

  test('ends a look that hangs at the deadline', async () => {
    const played = await play([{ id: 'a', looks: [hangs], deadlineMs: 30_000 }], { mayAct: nothing })
    expect(played.results).toEqual({ a: { is: 'failed', code: 'OBSERVATION_FAILED', because: 'not done within 30 s' } })
    expect(played.endedAtMs).toBe(30_000)
  })

  test('is interrupted by a stop', async () => {
    const { results } = await play([{ id: 'a', looks: [hangs] }], { mayAct: nothing, stopAtMs: 100 })
    expect(results).toEqual({ a: { is: 'interrupted' } })
  })

  test('of some steps lets the others act', async () => {
    const decision = act(run('x'))
    const played = await play(
      [
        { id: 'only', looks: [act(run('y')), converged] },
        { id: 'other', looks: [decision] },
      ],
      { mayAct: (step) => step === 'only' },
    )
    expect(played.results).toEqual({ only: isConverged, other: { is: 'pending', decision } })
    expect(effects(played)).toEqual(['0 y'])
  })
})
