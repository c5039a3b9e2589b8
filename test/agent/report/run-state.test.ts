import { describe, expect, test } from 'vitest'
import { afterEvent, cutOff, outcomeOf, type RunEvent, type RunState } from '../../../agent/report/run-state.ts'
import { codes } from '../../../src/engine/codes.ts'
import type { StepResult } from '../../../src/engine/events.ts'

const started = {
  event: 'run-started',
  runId: 'r1',
  command: 'apply',
  version: '0.1.0',
  pid: 42,
  process: 'boot 42 7',
  steps: [{ id: 'efs', title: 'EFS', after: ['packages'] }],
} as const satisfies RunEvent

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 23, 12, 0, seconds))
const pending = { id: 'efs', title: 'EFS', after: ['packages'], state: 'pending', attempts: 0, actions: 0 } as const
const efs = { step: 'efs' } as const
const looked = { ...pending, startedAt: '2026-11-23T12:00:01.000Z', deadlineMs: 900_000 }

/** The state after these events, of which there is one a second. */
function after(...events: readonly RunEvent[]): RunState {
  let state: RunState | undefined
  for (const [seconds, event] of events.entries()) state = afterEvent(state, event, at(seconds))
  if (state === undefined) throw new Error('no events')
  return state
}

const begun = [started, { ...efs, event: 'step-started', deadlineMs: 900_000 }] as const satisfies readonly RunEvent[]
const waiting = { ...efs, event: 'step-waiting', code: 'EFS_PORT_CLOSED', reason: 'port 2049 is closed' } as const
const retrying = { ...efs, event: 'step-retrying', code: 'ACTION_FAILED', reason: 'mount: no', delayMs: 5 } as const
const acting = { ...efs, event: 'action-started', action: 'systemctl start a.mount', reason: 'not mounted' } as const
const ended = (outcome: 'done' | 'stale' | 'failed') =>
  ({ ...efs, event: 'action-ended', action: acting.action, outcome, durationMs: 3 }) as const
const decided = { ...efs, event: 'step-decided', actions: [acting.action] } as const
const waited = (from: number, to?: number, code = waiting.code as string) => ({
  code,
  startedAt: at(from).toISOString(),
  ...(to === undefined ? {} : { endedAt: at(to).toISOString() }),
})
const finished = (result: StepResult) => ({ ...efs, event: 'step-ended', result, durationMs: 9 }) as const

describe('a run', () => {
  test('begins with all its steps pending', () => {
    expect(after(started)).toEqual({
      runId: 'r1',
      command: 'apply',
      version: '0.1.0',
      pid: 42,
      process: 'boot 42 7',
      startedAt: '2026-11-23T12:00:00.000Z',
      outcome: 'running',
      steps: [pending],
    })
  })

  test('ends with its outcome', () => {
    expect(after(started, { event: 'run-ended', outcome: 'degraded', peakMemoryBytes: 4096 })).toMatchObject({
      outcome: 'degraded',
      endedAt: '2026-11-23T12:00:01.000Z',
      peakMemoryBytes: 4096,
    })
  })

  test('has no event before its start', () => {
    expect(() => afterEvent(undefined, waiting, at(0))).toThrow('step-waiting before run-started')
  })

  test('keeps the states of its other steps', () => {
    const two = { ...started, steps: [...started.steps, { id: 'munge', title: 'Munge', after: [] }] }
    expect(after(two, waiting).steps[1]).toEqual({ ...pending, id: 'munge', title: 'Munge', after: [] })
  })
})

describe('a step', () => {
  test.each<[string, readonly RunEvent[], object]>([
    ['that is looked at', [], { state: 'running', reason: 'looking' }],
    [
      'that waits',
      [waiting],
      { state: 'waiting', code: 'EFS_PORT_CLOSED', reason: 'port 2049 is closed', waits: [waited(2)] },
    ],
    [
      'that waited, and fails',
      [waiting, retrying],
      { state: 'running', code: 'ACTION_FAILED', reason: 'mount: no', waits: [waited(2, 3)] },
    ],
    ['that has something to do', [decided], { state: 'running', attempts: 1 }],
    ['that acts', [decided, acting], { state: 'running', attempts: 1, reason: acting.action }],
    [
      'that waited, and acts',
      [waiting, decided, acting],
      { state: 'running', attempts: 1, reason: acting.action, waits: [waited(2, 3)] },
    ],
    [
      'that has acted',
      [decided, acting, ended('done')],
      { state: 'running', attempts: 1, actions: 1, reason: acting.action },
    ],
    [
      'whose action was stale',
      [decided, acting, ended('stale')],
      { state: 'running', attempts: 1, reason: acting.action },
    ],
    [
      'whose action failed',
      [decided, acting, ended('failed'), retrying],
      { state: 'running', attempts: 1, code: 'ACTION_FAILED', reason: 'mount: no' },
    ],
    [
      'whose action is tried again until somebody else moves',
      [decided, acting, ended('failed'), { ...retrying, code: 'EFS_NOT_EXPORTED', reason: 'access denied' }],
      {
        state: 'waiting',
        attempts: 1,
        code: 'EFS_NOT_EXPORTED',
        reason: 'access denied',
        waits: [waited(5, undefined, 'EFS_NOT_EXPORTED')],
      },
    ],
    ['that tries again', [decided, acting, ended('failed'), retrying, decided], { state: 'running', attempts: 2 }],
  ])('%s', (_case, events, expected) => {
    expect(after(...begun, ...events).steps).toEqual([{ ...looked, ...expected }])
  })

  const warnings = [{ code: 'PACKAGE_FAILED', text: 'emacs: no' }] as const
  test.each<[StepResult, object]>([
    [
      { is: 'converged', because: 'mounted', warnings: [] },
      { state: 'converged', reason: 'mounted' },
    ],
    [
      { is: 'converged', because: 'mounted', warnings },
      { state: 'degraded', reason: 'mounted', warnings },
    ],
    [
      { is: 'refused', code: 'EFS_OTHER_MOUNT', because: 'nfs is there', hint: 'unmount it' },
      { state: 'refused', code: 'EFS_OTHER_MOUNT', reason: 'nfs is there', hint: 'unmount it' },
    ],
    [
      { is: 'failed', code: 'EFS_PORT_CLOSED', because: 'port 2049 is closed' },
      { state: 'failed', code: 'EFS_PORT_CLOSED', reason: 'port 2049 is closed', hint: codes.EFS_PORT_CLOSED.mend },
    ],
    [{ is: 'interrupted' }, { state: 'interrupted' }],
    [
      { is: 'refused', code: 'EFS_OTHER_MOUNT', because: 'nfs is there', hint: 'unmount it', warnings },
      { state: 'refused', code: 'EFS_OTHER_MOUNT', reason: 'nfs is there', hint: 'unmount it', warnings },
    ],
    [
      { is: 'failed', code: 'EFS_PORT_CLOSED', because: 'closed', warnings },
      { state: 'failed', code: 'EFS_PORT_CLOSED', reason: 'closed', hint: codes.EFS_PORT_CLOSED.mend, warnings },
    ],
    [
      { is: 'interrupted', warnings },
      { state: 'interrupted', warnings },
    ],
    [
      { is: 'pending', decision: { is: 'act', actions: [] } },
      { state: 'pending', reason: 'to do, but only looked at (--only)' },
    ],
  ])('that ended as %o tells nothing of the troubles before', (result, expected) => {
    expect(after(...begun, waiting, retrying, finished(result)).steps).toEqual([
      { ...looked, ...expected, waits: [waited(2, 3)], endedAt: '2026-11-23T12:00:04.000Z' },
    ])
  })

  test('that ends while it waits waits no longer', () => {
    const result = { is: 'failed', code: 'EFS_PORT_CLOSED', because: 'port 2049 is closed' } as const
    expect(after(...begun, waiting, finished(result)).steps).toMatchObject([{ state: 'failed', waits: [waited(2, 3)] }])
  })

  test('that was blocked has no beginning', () => {
    expect(after(started, finished({ is: 'blocked', by: 'packages' })).steps).toEqual([
      { ...pending, state: 'blocked', reason: 'needs packages', endedAt: '2026-11-23T12:00:01.000Z' },
    ])
  })
})

describe('a run whose process died', () => {
  test('is interrupted, with what it was at, when it was last heard of', () => {
    const run = after(
      { ...started, steps: [...started.steps, { id: 'munge', title: 'Munge', after: [] }] },
      ...begun.slice(1),
      waiting,
    )
    expect(cutOff(run, at(30))).toEqual({
      ...run,
      outcome: 'interrupted',
      endedAt: '2026-11-23T12:00:30.000Z',
      steps: [
        {
          ...looked,
          state: 'interrupted',
          code: 'EFS_PORT_CLOSED',
          reason: 'port 2049 is closed',
          waits: [waited(2, 30)],
          endedAt: '2026-11-23T12:00:30.000Z',
        },
        { ...pending, id: 'munge', title: 'Munge', after: [] },
      ],
    })
  })
})

describe('the outcome of a run', () => {
  const good: StepResult = { is: 'converged', because: 'good', warnings: [] }
  const warned: StepResult = { ...good, warnings: [{ code: 'PACKAGE_FAILED', text: 'emacs: no' }] }
  const refused: StepResult = { is: 'refused', code: 'DISK_IS_ROOT', because: 'it is', hint: 'see' }
  const failed: StepResult = { is: 'failed', code: 'ACTION_FAILED', because: 'no' }
  const blocked: StepResult = { is: 'blocked', by: 'efs' }

  test.each<[string, readonly StepResult[]]>([
    ['converged', []],
    ['converged', [good, good]],
    ['degraded', [good, warned]],
    ['failed', [good, failed]],
    ['failed', [good, warned, refused]],
    ['failed', [good, blocked]],
    ['failed', [good, { is: 'pending', decision: { is: 'act', actions: [] } }]],
    ['interrupted', [good, failed, { is: 'interrupted' }]],
  ])('is %s', (outcome, results) => {
    expect(outcomeOf(results)).toBe(outcome)
  })
})
