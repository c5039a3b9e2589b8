import { describe, expect, test } from 'vitest'
import { act, converged, hangs, hangsDeaf, isConverged, isRefused, refuse, run, throws, wait } from './looks.ts'
import { effects, playOne } from './play.ts'

describe('the deadline', () => {
  test('ends a look that hangs; a last look decides', async () => {
    const played = await playOne({ looks: [hangs, converged], deadlineMs: 10_000 })
    expect(played.result).toEqual(isConverged)
    expect(played.looks).toEqual([0, 10_000])
  })

  test('ends a look that does not hear its signal', async () => {
    const played = await playOne({ looks: [hangsDeaf], deadlineMs: 10_000 })
    expect(played.result).toEqual({ is: 'failed', code: 'OBSERVATION_FAILED', because: 'not done within 10 s' })
    expect(played.endedAtMs).toBe(25_000)
  })

  test('ends an action', async () => {
    const played = await playOne({ looks: [act(run('a'))], deadlineMs: 10_000 }, { deeds: { a: { tookMs: 60_000 } } })
    expect(played.result).toEqual({ is: 'failed', code: 'ACTION_FAILED', because: 'a: killed' })
    expect(played.endedAtMs).toBe(10_000)
  })

  test('does not end an action that may not be interrupted, and what it finished counts', async () => {
    const played = await playOne(
      { looks: [act(run('mkfs', { uninterruptible: true })), converged], deadlineMs: 10_000 },
      { deeds: { mkfs: { tookMs: 60_000 } } },
    )
    expect(played.result).toEqual(isConverged)
    expect(played.looks).toEqual([0, 60_000])
  })

  test('lets a round that was carried out whole be finished by one more', async () => {
    const played = await playOne(
      { looks: [act(run('mkfs', { uninterruptible: true })), act(run('mount')), converged], deadlineMs: 10_000 },
      { deeds: { mkfs: { tookMs: 60_000 }, mount: { tookMs: 1_000 } } },
    )
    expect(played.result).toEqual(isConverged)
    expect(played.looks).toEqual([0, 60_000, 61_000])
  })

  test('tells why what was left could not be finished', async () => {
    const { result } = await playOne(
      { looks: [act(run('mkfs', { uninterruptible: true })), act(run('mount'))], deadlineMs: 10_000 },
      { deeds: { mkfs: { tookMs: 60_000 }, mount: { ends: ['failed'] } } },
    )
    expect(result).toEqual({ is: 'failed', code: 'ACTION_FAILED', because: 'mount: exit code 100' })
  })

  test('ends what hangs while it is to be finished', async () => {
    const played = await playOne(
      { looks: [act(run('mkfs', { uninterruptible: true })), act(run('mount'))], deadlineMs: 10_000 },
      { deeds: { mkfs: { tookMs: 60_000 }, mount: { tookMs: 900_000 } } },
    )
    expect(played.result).toEqual({ is: 'failed', code: 'ACTION_FAILED', because: 'mount: killed' })
    expect(played.endedAtMs).toBe(75_000)
  })

  test('lets nothing more begin that may not be interrupted', async () => {
    const played = await playOne(
      {
        looks: [act(run('a', { uninterruptible: true })), act(run('b', { uninterruptible: true }))],
        deadlineMs: 10_000,
      },
      { deeds: { a: { tookMs: 60_000 } } },
    )
    expect(played.result).toMatchObject({ is: 'failed', because: 'not done within 10 s; still to be done: b' })
    expect(effects(played)).toHaveLength(1)
  })

  test('with work left after that says what is left, and not that it came again', async () => {
    const { result } = await playOne(
      { looks: [act(run('mkfs', { uninterruptible: true })), act(run('mount'))], deadlineMs: 10_000 },
      { deeds: { mkfs: { tookMs: 60_000 } } },
    )
    expect(result).toEqual({
      is: 'failed',
      code: 'DEADLINE_PASSED',
      because: 'not done within 10 s; still to be done: mount',
    })
  })

  test('in the middle of a round that was carried out before does not call it done again', async () => {
    const { result } = await playOne(
      { looks: [act(run('a', { uninterruptible: true }), run('b'))], deadlineMs: 10_000 },
      { deeds: { a: { tookMs: 6_000 } } },
    )
    expect(result).toEqual({
      is: 'failed',
      code: 'DEADLINE_PASSED',
      because: 'not done within 10 s; still to be done: a, b',
    })
  })

  test('in the middle of a look leaves what was in the way before as the reason', async () => {
    const { result } = await playOne({ looks: [wait, hangs], deadlineMs: 10_000 })
    expect(result).toEqual({ is: 'failed', code: 'EFS_PORT_CLOSED', because: '10.0.0.9:2049 to answer' })
  })

  test('after one try that failed tells what the last look sees in its way', async () => {
    const obstacle = { code: 'EFS_NOT_EXPORTED', for: 'access denied' } as const
    const { result } = await playOne(
      { looks: [act(run('a')), act(run('a', { obstacle }))], deadlineMs: 500 },
      { deeds: { a: { ends: ['failed'] } } },
    )
    expect(result).toEqual({ is: 'failed', code: 'EFS_NOT_EXPORTED', because: 'access denied' })
  })

  test.each([
    ['refuses', refuse, isRefused],
    ['waits', wait, { is: 'failed', code: 'EFS_PORT_CLOSED', because: '10.0.0.9:2049 to answer' }],
    ['fails', throws, { is: 'failed', code: 'ACTION_FAILED', because: 'a: killed' }],
    ['hangs', hangs, { is: 'failed', code: 'ACTION_FAILED', because: 'a: killed' }],
  ])('with a last look that %s ends so', async (_how, look, result) => {
    const played = await playOne(
      { looks: [act(run('a')), look], deadlineMs: 10_000 },
      { deeds: { a: { tookMs: 60_000 } } },
    )
    expect(played.result).toEqual(result)
  })

  test('with a last look that fails after all went well has that for its reason', async () => {
    const { result } = await playOne(
      { looks: [act(run('mkfs', { uninterruptible: true })), throws], deadlineMs: 10_000 },
      { deeds: { mkfs: { tookMs: 60_000 } } },
    )
    expect(result).toEqual({ is: 'failed', code: 'OBSERVATION_FAILED', because: 'no route to host' })
  })

  test('never lets the last look act', async () => {
    const played = await playOne({ looks: [wait, act(run('a'))], lookMs: 6_000, deadlineMs: 6_200 })
    expect(effects(played)).toEqual([])
  })

  test('is not told of as a stop', async () => {
    const { result } = await playOne({ looks: [hangs], deadlineMs: 10_000 }, { stopAtMs: 12_000 })
    expect(result).toEqual({ is: 'interrupted' })
  })
})
