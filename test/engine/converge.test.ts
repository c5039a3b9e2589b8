import { describe, expect, test } from 'vitest'
import { act, converged, isConverged, isRefused, refuse, run, throws, wait } from './looks.ts'
import { effects, playOne, retries } from './play.ts'

describe('a step', () => {
  test('with nothing to do does nothing', async () => {
    const played = await playOne({ looks: [converged] })
    expect(played.result).toEqual(isConverged)
    expect(effects(played)).toEqual([])
  })

  test('has converged only when a fresh look says so', async () => {
    const played = await playOne({ looks: [act(run('a'), run('b')), act(run('c')), converged] })
    expect(played.result).toEqual(isConverged)
    expect(effects(played)).toEqual(['0 a', '0 b', '0 c'])
    expect(played.looks).toEqual([0, 0, 0])
  })

  test('keeps its warnings', async () => {
    const warnings = [{ code: 'PACKAGE_FAILED', text: 'emacs: no candidate' }] as const
    const { result } = await playOne({ looks: [{ ...converged, warnings }] })
    expect(result).toEqual({ ...isConverged, warnings })
  })

  test('that refuses ends at once, and is not tried again', async () => {
    const played = await playOne({ looks: [refuse, converged] })
    expect(played.result).toEqual(isRefused)
    expect(played.looks).toEqual([0])
  })

  test('knows what it has tried in this run', async () => {
    const played = await playOne(
      { looks: [act(run('bulk')), act(run('one'), run('two')), converged] },
      { deeds: { bulk: { ends: ['failed'] } } },
    )
    const past = played.entries.filter((entry) => entry.saw === 'look').map((entry) => entry.past)
    expect(past).toEqual([[], ['failed'], ['failed', 'done', 'done']])
  })
})

describe('a wait', () => {
  test('is looked at again ever more rarely, at most every 5 s', async () => {
    const { looks } = await playOne({ looks: [...Array<typeof wait>(9).fill(wait), converged] })
    expect(looks.map((at, index) => at - (looks[index - 1] ?? 0))).toEqual([
      0, 500, 750, 1125, 1688, 2531, 3797, 5000, 5000, 5000,
    ])
  })

  test('gives its code to the failure at the deadline', async () => {
    const played = await playOne({ looks: [wait], deadlineMs: 10_000 })
    expect(played.result).toEqual({ is: 'failed', code: 'EFS_PORT_CLOSED', because: '10.0.0.9:2049 to answer' })
    expect(played.endedAtMs).toBe(10_000)
  })

  test('that is in vain ends at once with its code', async () => {
    const played = await playOne({ looks: [wait, { ...wait, inVain: true }, converged] })
    expect(played.result).toEqual({ is: 'failed', code: 'EFS_PORT_CLOSED', because: '10.0.0.9:2049 to answer' })
    expect(played.looks).toEqual([0, 500])
  })

  test('gives the code of the last one', async () => {
    const { result } = await playOne({
      looks: [wait, { is: 'wait', code: 'EFS_TLS_FAILED', for: 'a certificate that is valid' }],
      deadlineMs: 10_000,
    })
    expect(result).toEqual({ is: 'failed', code: 'EFS_TLS_FAILED', because: 'a certificate that is valid' })
  })

  test('does not make the first failure after it a slow one', async () => {
    const played = await playOne(
      { looks: [...Array<typeof wait>(20).fill(wait), act(run('mount')), converged], deadlineMs: 300_000 },
      { deeds: { mount: { ends: ['failed'] } } },
    )
    const [last, before] = played.looks.toReversed()
    expect((last ?? 0) - (before ?? 0)).toBe(1_000)
  })

  test('is short again after something was done', async () => {
    const played = await playOne({
      looks: [...Array<typeof wait>(20).fill(wait), act(run('start')), wait, converged],
      deadlineMs: 300_000,
    })
    const [last, before] = played.looks.toReversed()
    expect((last ?? 0) - (before ?? 0)).toBe(500)
  })
})

describe('what may pass', () => {
  test('a look that fails is tried again, ever more rarely, at most every 30 s', async () => {
    const played = await playOne({ looks: [...Array<typeof throws>(7).fill(throws), converged], deadlineMs: 300_000 })
    expect(played.result).toEqual(isConverged)
    expect(played.looks.map((at, index) => at - (played.looks[index - 1] ?? 0))).toEqual([
      0, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000,
    ])
    expect(retries(played)).toEqual(Array(7).fill('OBSERVATION_FAILED: no route to host'))
  })

  test('a look that fails until the deadline fails the step with its reason', async () => {
    const { result } = await playOne({ looks: [throws], deadlineMs: 10_000 })
    expect(result).toEqual({ is: 'failed', code: 'OBSERVATION_FAILED', because: 'no route to host' })
  })

  test('after a failed action the machine is looked at again', async () => {
    const played = await playOne({ looks: [act(run('a')), converged] }, { deeds: { a: { ends: ['failed'] } } })
    expect(played.result).toEqual(isConverged)
    expect(played.looks).toEqual([0, 1_000])
    expect(retries(played)).toEqual(['ACTION_FAILED: a: exit code 100'])
  })

  test('after a stale action too', async () => {
    const played = await playOne({ looks: [act(run('a')), converged] }, { deeds: { a: { ends: ['stale'] } } })
    expect(played.looks).toEqual([0, 1_000])
    expect(retries(played)).toEqual(['ACTION_FAILED: a: not mounted'])
  })

  test('an action that fails until the deadline fails the step with its last error', async () => {
    const played = await playOne({ looks: [act(run('a'))], deadlineMs: 10_000 }, { deeds: { a: { ends: ['failed'] } } })
    expect(played.result).toEqual({ is: 'failed', code: 'ACTION_FAILED', because: 'a: exit code 100' })
    expect(effects(played)).toEqual(['0 a', '1000 a', '3000 a', '7000 a'])
  })

  const obstacle = { code: 'EFS_NOT_EXPORTED', for: 'access denied' } as const

  test('an action that fails for something that is known to be in its way waits for that', async () => {
    const looks = [act(run('a')), act(run('a', { obstacle }), run('b'))]
    const played = await playOne({ looks, deadlineMs: 10_000 }, { deeds: { a: { ends: ['failed'] } } })
    expect(played.result).toEqual({ is: 'failed', code: 'EFS_NOT_EXPORTED', because: 'access denied' })
    expect(effects(played)).toEqual(['0 a', '1000 a', '3000 a', '7000 a'])
    expect(retries(played)).toEqual([
      'ACTION_FAILED: a: exit code 100',
      ...Array<string>(3).fill('EFS_NOT_EXPORTED: access denied'),
    ])
  })

  test('another action that fails beside it is not held against what is in the way', async () => {
    const looks = [act(run('a', { obstacle }), run('b'))]
    const { result } = await playOne({ looks, deadlineMs: 10_000 }, { deeds: { b: { ends: ['failed'] } } })
    expect(result).toEqual({ is: 'failed', code: 'ACTION_FAILED', because: 'b: exit code 100' })
  })

  test('a failure that is allowed for is the reason when the same comes again until the deadline', async () => {
    const played = await playOne(
      { looks: [act(run('a', { mayFail: true }), run('b'))], deadlineMs: 10_000 },
      { deeds: { a: { ends: ['failed'] } } },
    )
    expect(played.result).toEqual({ is: 'failed', code: 'ACTION_FAILED', because: 'a: exit code 100' })
    expect(effects(played).filter((effect) => effect.endsWith('a'))).toEqual([
      '0 a',
      '0 a',
      '1000 a',
      '3000 a',
      '7000 a',
    ])
  })

  test('an action that succeeds at its second try is not held against the step', async () => {
    const played = await playOne(
      { looks: [act(run('a')), act(run('a')), converged] },
      { deeds: { a: { ends: ['failed', 'done'] } } },
    )
    expect(played.endedAtMs).toBe(1_000)
    expect(retries(played)).toEqual(['ACTION_FAILED: a: exit code 100'])
  })
})

describe('a failure after something else was done', () => {
  test('is tried again as soon as a first one', async () => {
    const played = await playOne(
      { looks: [act(run('a')), act(run('a')), act(run('a')), act(run('b')), converged] },
      { deeds: { a: { ends: ['failed', 'failed', 'done'] }, b: { ends: ['failed'] } } },
    )
    expect(played.looks).toEqual([0, 1_000, 3_000, 3_000, 4_000])
  })
})

describe('a step that does not converge', () => {
  test('although its actions succeed is said to, and acts ever more rarely', async () => {
    const played = await playOne({ looks: [act(run('a'))], deadlineMs: 10_000 })
    expect(played.result).toEqual({ is: 'failed', code: 'NOT_CONVERGING', because: 'done, and needed again: a' })
    expect(effects(played)).toEqual(['0 a', '0 a', '1000 a', '3000 a', '7000 a'])
  })

  test('is known by any round that comes again, not only by the same twice running', async () => {
    const played = await playOne({ looks: [act(run('a')), act(run('b'))], cycles: true, deadlineMs: 10_000 })
    expect(played.result).toMatchObject({ is: 'failed', code: 'NOT_CONVERGING' })
    expect(effects(played)).toEqual(['0 a', '0 b', '0 a', '1000 b', '3000 a', '7000 b'])
  })

  test('is known behind waits too', async () => {
    const played = await playOne({ looks: [act(run('restart')), wait], cycles: true, deadlineMs: 60_000 })
    expect(effects(played).length).toBeLessThan(10)
  })

  test('with a decision to act that names no action ends all the same', async () => {
    const { result } = await playOne({ looks: [act()], deadlineMs: 10_000 })
    expect(result).toMatchObject({ is: 'failed', code: 'NOT_CONVERGING' })
  })
})
