import { describe, expect, test } from 'vitest'
import type { Action, ActionOutcome } from '../../src/engine/action.ts'
import { runSteps } from '../../src/engine/runner.ts'
import { fakeClock } from '../fake-clock.ts'
import { fakeHost, signal } from '../fake-host.ts'
import { act, converged, hangs, isConverged, refuse, run, throws, wait } from './looks.ts'
import { effects, events, lookTimes, play } from './play.ts'

describe('the order of steps', () => {
  test('looks at independent steps at once', async () => {
    const played = await play([
      { id: 'packages', looks: [converged], lookMs: 5_000 },
      { id: 'volume', looks: [converged], lookMs: 5_000 },
    ])
    expect([lookTimes(played, 'packages'), lookTimes(played, 'volume'), played.endedAtMs]).toEqual([[0], [0], 5_000])
  })

  test('looks at a step as soon as all before it have converged, whatever others do', async () => {
    const played = await play([
      { id: 'a', looks: [converged], lookMs: 1_000 },
      { id: 'b', looks: [converged], lookMs: 2_000 },
      { id: 'slow', looks: [converged], lookMs: 50_000 },
      { id: 'c', after: ['a', 'b'], looks: [converged] },
    ])
    expect(lookTimes(played, 'c')).toEqual([2_000])
  })

  test('a failure blocks what comes after it, and what comes after that, and nothing else', async () => {
    const { results } = await play([
      { id: 'disk', looks: [refuse] },
      { id: 'export', after: ['disk'], looks: [converged] },
      { id: 'announce', after: ['export'], looks: [converged] },
      { id: 'scheduler', looks: [converged] },
    ])
    expect(results).toEqual({
      disk: { is: 'refused', code: 'DISK_NOT_BLANK', because: 'byte 512 is not zero', hint: 'look at it' },
      export: { is: 'blocked', by: 'disk' },
      announce: { is: 'blocked', by: 'export' },
      scheduler: isConverged,
    })
  })

  test('a blocked step is never looked at', async () => {
    const played = await play([
      { id: 'disk', looks: [refuse] },
      { id: 'export', after: ['disk'], looks: [converged] },
    ])
    expect(lookTimes(played, 'export')).toEqual([])
  })

  test('refuses a graph that is a mistake before anything is done', async () => {
    await expect(play([{ id: 'a', after: ['b'], looks: [act(run('rm'))] }])).rejects.toThrow('comes after b')
  })

  test('an error of our own ends the run only after all steps have ended', async () => {
    const clock = fakeClock()
    const done: string[] = []
    const step = (id: string, deadline: () => number) => ({
      id,
      title: id,
      after: [],
      get deadlineMs() {
        return deadline()
      },
      async look() {
        await clock.sleep(5_000, signal)
        done.push(id)
        return () => converged
      },
    })
    const steps = [
      step('broken', () => {
        throw new Error('a bug')
      }),
      step('sound', () => 60_000),
    ]
    const ports = { host: fakeHost({}), perform: succeed, clock, random: () => 0, emit: () => undefined }
    await expect(clock.until(runSteps(steps, () => true, ports, signal))).rejects.toThrow('a bug')
    expect(done).toEqual(['sound'])
  })
})

describe('a stop', () => {
  test('interrupts what runs and starts nothing more', async () => {
    const played = await play(
      [
        { id: 'waits', looks: [wait] },
        { id: 'acts', looks: [act(run('sleep'))] },
        { id: 'later', after: ['acts'], looks: [converged] },
      ],
      { deeds: { sleep: { tookMs: 30_000 } }, stopAtMs: 700 },
    )
    expect(played.results).toEqual({
      waits: { is: 'interrupted' },
      acts: { is: 'interrupted' },
      later: { is: 'blocked', by: 'acts' },
    })
    expect(played.endedAtMs).toBe(700)
  })

  test('before the start means that nothing is looked at', async () => {
    const played = await play([{ id: 'a', looks: [converged] }], { stopAtMs: 0 })
    expect(played.results).toEqual({ a: { is: 'interrupted' } })
    expect(played.entries).toEqual([
      { at: 0, saw: 'event', event: { event: 'step-ended', step: 'a', result: { is: 'interrupted' }, durationMs: 0 } },
    ])
  })

  test('waits for an action that may not be interrupted, and then does nothing more', async () => {
    const played = await play([{ id: 'packages', looks: [act(run('dpkg', { uninterruptible: true }), run('next'))] }], {
      deeds: { dpkg: { tookMs: 40_000 } },
      stopAtMs: 1_000,
    })
    expect(played.results).toEqual({ packages: { is: 'interrupted' } })
    expect(effects(played)).toEqual(['0 dpkg'])
    expect(played.endedAtMs).toBe(40_000)
  })

  test('after the deadline of such an action still ends the run cleanly', async () => {
    const played = await play(
      [{ id: 'packages', looks: [act(run('dpkg', { uninterruptible: true })), hangs], deadlineMs: 10_000 }],
      { deeds: { dpkg: { tookMs: 40_000 } }, stopAtMs: 20_000 },
    )
    expect(played.results).toEqual({ packages: { is: 'interrupted' } })
    expect(played.endedAtMs).toBe(40_000)
  })
})

describe('events', () => {
  test('tell of a run in order', async () => {
    const played = await play(
      [
        { id: 'volume', looks: [wait, act(run('mkfs')), act(run('mount')), converged], deadlineMs: 300_000 },
        { id: 'export', after: ['volume'], looks: [refuse], deadlineMs: 60_000 },
      ],
      { deeds: { mkfs: { tookMs: 2_000 }, mount: { ends: ['failed', 'done'] } } },
    )
    const step = 'volume'
    expect(events(played)).toEqual([
      { at: 0, event: 'step-started', step, deadlineMs: 300_000 },
      { at: 0, event: 'step-waiting', step, code: 'EFS_PORT_CLOSED', reason: '10.0.0.9:2049 to answer' },
      { at: 500, event: 'step-decided', step, actions: ['mkfs'] },
      { at: 500, event: 'action-started', step, action: 'mkfs', reason: 'mkfs is needed' },
      { at: 2_500, event: 'action-ended', step, action: 'mkfs', outcome: 'done', durationMs: 2_000 },
      { at: 2_500, event: 'step-decided', step, actions: ['mount'] },
      { at: 2_500, event: 'action-started', step, action: 'mount', reason: 'mount is needed' },
      {
        at: 2_500,
        event: 'action-ended',
        step,
        action: 'mount',
        outcome: 'failed',
        reason: 'exit code 100',
        durationMs: 0,
      },
      {
        at: 2_500,
        event: 'step-retrying',
        step,
        code: 'ACTION_FAILED',
        reason: 'mount: exit code 100',
        delayMs: 1_000,
      },
      { at: 3_500, event: 'step-ended', step, result: isConverged, durationMs: 3_500 },
      { at: 3_500, event: 'step-started', step: 'export', deadlineMs: 60_000 },
      {
        at: 3_500,
        event: 'step-ended',
        step: 'export',
        result: { is: 'refused', code: 'DISK_NOT_BLANK', because: 'byte 512 is not zero', hint: 'look at it' },
        durationMs: 0,
      },
    ])
  })

  test('tell of a wait once, for as long as its reason stays the same', async () => {
    const other = { ...wait, for: '10.0.0.10:2049 to answer' }
    const played = await play([{ id: 'efs', looks: [wait, wait, other, other, throws, other, converged] }])
    const told = events(played).flatMap((event) =>
      event.event === 'step-waiting' ? [`${event.at} ${event.reason}`] : [],
    )
    expect(told).toEqual([
      '0 10.0.0.9:2049 to answer',
      '1250 10.0.0.10:2049 to answer',
      '5063 10.0.0.10:2049 to answer',
    ])
  })

  test('say of a blocked step only that it ended', async () => {
    const played = await play([
      { id: 'disk', looks: [refuse] },
      { id: 'export', after: ['disk'], looks: [converged] },
    ])
    expect(events(played).filter((event) => event.step === 'export')).toEqual([
      { at: 0, event: 'step-ended', step: 'export', result: { is: 'blocked', by: 'disk' }, durationMs: 0 },
    ])
  })
})

async function succeed(action: Action): Promise<ActionOutcome> {
  return { is: 'done', action }
}
