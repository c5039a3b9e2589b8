import { describe, expect, test } from 'vitest'
import { act, converged, isConverged, run } from './looks.ts'
import { effects, play, playOne } from './play.ts'

describe('a round of actions', () => {
  test.each(['failed', 'stale'] as const)('ends with the first that is %s', async (ends) => {
    const played = await playOne({ looks: [act(run('a'), run('b')), converged] }, { deeds: { a: { ends: [ends] } } })
    expect(effects(played)).toEqual(['0 a'])
  })

  test('goes on after a failure that is allowed for, and is then looked at without a pause', async () => {
    const played = await playOne(
      { looks: [act(run('a', { mayFail: true }), run('b')), converged] },
      { deeds: { a: { ends: ['failed'] } } },
    )
    expect(effects(played)).toEqual(['0 a', '0 b'])
    expect(played.looks).toEqual([0, 0])
  })

  test('does not go on once what was seen no longer holds, whatever may fail', async () => {
    const played = await playOne(
      { looks: [act(run('a', { mayFail: true }), run('b')), converged] },
      { deeds: { a: { ends: ['stale'] } } },
    )
    expect(effects(played)).toEqual(['0 a'])
  })

  test('ends at the deadline', async () => {
    const played = await playOne(
      { looks: [act(run('a', { uninterruptible: true }), run('b')), converged], deadlineMs: 1_000 },
      { deeds: { a: { tookMs: 2_000 } } },
    )
    expect(effects(played)).toEqual(['0 a'])
    expect(played.result).toEqual(isConverged)
  })

  test('ends without the answer of an action that hangs, some time after the deadline', async () => {
    const played = await playOne(
      { looks: [act(run('a'), run('b'))], deadlineMs: 1_000 },
      { deeds: { a: { tookMs: 3_600_000, deaf: true } } },
    )
    expect(effects(played)).toEqual(['0 a'])
    expect(played.endedAtMs).toBe(11_000)
    const because = 'a: no answer: not done within 1 s'
    expect(played.result).toEqual({ is: 'failed', code: 'ACTION_FAILED', because })
  })

  test('waits for an action that ends a little after it was told to', async () => {
    const played = await playOne(
      { looks: [act(run('a')), converged], deadlineMs: 1_000 },
      { deeds: { a: { tookMs: 6_000, deaf: true } } },
    )
    expect(played.endedAtMs).toBe(6_000)
    expect(played.result).toEqual(isConverged)
  })
})

describe('a named lock', () => {
  const apt = { lock: 'apt', uninterruptible: true } as const

  test('keeps the actions of two steps apart, in the order of asking', async () => {
    const played = await play(
      [
        { id: 'a', looks: [act(run('a', apt)), converged] },
        { id: 'b', looks: [act(run('b', apt)), converged] },
        { id: 'c', looks: [act(run('c')), converged] },
      ],
      { deeds: { a: { tookMs: 20_000 }, b: { tookMs: 20_000 } } },
    )
    expect(effects(played)).toEqual(['0 c', '0 a', '20000 b'])
  })

  test('that does not come free before the deadline leaves the action undone, and says so', async () => {
    const played = await play(
      [
        { id: 'a', looks: [act(run('a', apt)), converged], deadlineMs: 60_000 },
        { id: 'b', looks: [act(run('b', apt))], deadlineMs: 5_000 },
      ],
      { deeds: { a: { tookMs: 20_000 } } },
    )
    expect(played.results).toEqual({
      a: isConverged,
      b: { is: 'failed', code: 'DEADLINE_PASSED', because: 'not done within 5 s; still to be done: b' },
    })
    expect(effects(played)).toEqual(['0 a'])
    expect(played.endedAtMs).toBe(20_000)
  })

  test('keeps what was done before it', async () => {
    const played = await play(
      [
        { id: 'a', looks: [act(run('a', apt)), converged] },
        { id: 'b', looks: [act(run('update'), run('b', apt)), converged], deadlineMs: 5_000 },
      ],
      { deeds: { a: { tookMs: 20_000 } } },
    )
    const past = played.entries.flatMap((entry) => (entry.saw === 'look' && entry.step === 'b' ? [entry.past] : []))
    expect(past).toEqual([[], ['done']])
  })

  test('is free again after a failure', async () => {
    const played = await play(
      [
        { id: 'a', looks: [act(run('a', apt)), converged] },
        { id: 'b', looks: [act(run('b', apt)), converged] },
      ],
      { deeds: { a: { tookMs: 3_000, ends: ['failed'] } } },
    )
    expect(effects(played)).toEqual(['0 a', '3000 b'])
  })
})
