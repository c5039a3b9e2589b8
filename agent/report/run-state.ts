import { codes } from '../../src/engine/codes.ts'
import type { Event, StepResult } from '../../src/engine/events.ts'
import { type Wait, withoutWait, withWait } from './waits.ts'

/** What a run adds to the events of its steps. */
export type RunEvent =
  | Event
  | {
      readonly event: 'run-started'
      readonly runId: string
      readonly command: string
      readonly version: string
      readonly pid: number
      readonly process: string
      readonly steps: readonly { readonly id: string; readonly title: string; readonly after: readonly string[] }[]
    }
  /** `peakMemoryBytes`: the most that the agent itself held resident, its children not counted (getrusage, ru_maxrss). */
  | { readonly event: 'run-ended'; readonly outcome: Outcome; readonly peakMemoryBytes: number }

export type Outcome = 'running' | 'converged' | 'degraded' | 'failed' | 'interrupted'

/** What the state file holds and `status --json` prints. Times are ISO 8601 in UTC. */
export interface RunState {
  readonly runId: string
  readonly command: string
  readonly version: string
  readonly pid: number
  /** Tells this process from a later one with the same number. */
  readonly process: string
  readonly startedAt: string
  readonly endedAt?: string
  readonly outcome: Outcome
  /** Once it has ended. */
  readonly peakMemoryBytes?: number
  readonly steps: readonly StepState[]
}

export interface StepState {
  readonly id: string
  readonly title: string
  readonly state:
    | 'pending'
    | 'running'
    | 'waiting'
    | 'converged'
    | 'degraded'
    | 'failed'
    | 'refused'
    | 'blocked'
    | 'interrupted'
  readonly code?: string
  /** What it does, what it waits for, or why it ended so. */
  readonly reason?: string
  readonly hint?: string
  readonly warnings?: readonly { readonly code: string; readonly text: string }[]
  /** Rounds of actions so far. */
  readonly attempts: number
  /** Actions done so far. */
  readonly actions: number
  readonly startedAt?: string
  readonly endedAt?: string
  readonly deadlineMs?: number
  /** The steps that had to converge before it began; not in the file of a version that did not keep them. */
  readonly after?: readonly string[]
  /** When it waited and for what, in the order of time. */
  readonly waits?: readonly Wait[]
}

/** The state of the run after an event at that time. The first event of a run is `run-started`. */
export function afterEvent(state: RunState | undefined, event: RunEvent, at: Date): RunState {
  const time = at.toISOString()
  if (event.event === 'run-started') {
    const { event: _event, steps, ...run } = event
    const pending = steps.map((step) => ({ ...step, state: 'pending', attempts: 0, actions: 0 }) as const)
    return { ...run, startedAt: time, outcome: 'running', steps: pending }
  }
  if (state === undefined) throw new Error(`${event.event} before run-started`)
  if (event.event === 'run-ended') {
    const { event: _event, ...end } = event
    return { ...state, ...end, endedAt: time }
  }
  return { ...state, steps: state.steps.map((step) => (step.id === event.step ? stepAfter(step, event, time) : step)) }
}

function stepAfter(step: StepState, event: Event, time: string): StepState {
  switch (event.event) {
    case 'step-started':
      return { ...step, state: 'running', reason: 'looking', startedAt: time, deadlineMs: event.deadlineMs }
    case 'step-waiting':
      return { ...withWait(step, event.code, time), state: 'waiting', code: event.code, reason: event.reason }
    case 'step-decided':
      return { ...withoutWait(withoutTrouble(step), time), state: 'running', attempts: step.attempts + 1 }
    case 'action-started':
      return { ...step, state: 'running', reason: event.action }
    case 'action-ended':
      return { ...step, actions: step.actions + (event.outcome === 'done' ? 1 : 0) }
    case 'step-retrying':
      return stepRetrying(step, event, time)
    case 'step-ended':
      return { ...withoutWait(withoutTrouble(step), time), ...resultState(event.result), endedAt: time }
  }
}

/** What it tries is in vain for as long as somebody else does not move: so it is a wait, with its deadline. */
function stepRetrying(
  step: StepState,
  { code, reason }: Extract<Event, { event: 'step-retrying' }>,
  time: string,
): StepState {
  if (codes[code].kind !== 'wait') return { ...withoutWait(step, time), state: 'running', code, reason }
  return { ...withWait(step, code, time), state: 'waiting', code, reason }
}

function withoutTrouble({ code: _code, reason: _reason, ...step }: StepState): Omit<StepState, 'code' | 'reason'> {
  return step
}

function resultState(result: StepResult): Pick<StepState, 'state' | 'code' | 'reason' | 'hint' | 'warnings'> {
  switch (result.is) {
    case 'converged':
      if (result.warnings.length === 0) return { state: 'converged', reason: result.because }
      return { state: 'degraded', reason: result.because, warnings: result.warnings }
    case 'refused':
      return { state: 'refused', code: result.code, reason: result.because, hint: result.hint, ...toldIn(result) }
    case 'failed': {
      const hint = codes[result.code].mend
      return { state: 'failed', code: result.code, reason: result.because, hint, ...toldIn(result) }
    }
    case 'blocked':
      return { state: 'blocked', reason: `needs ${result.by}` }
    case 'interrupted':
      return { state: 'interrupted', ...toldIn(result) }
    case 'pending':
      return { state: 'pending', reason: 'to do, but only looked at (--only)' }
  }
}

function toldIn({ warnings }: Pick<StepState, 'warnings'>): Pick<StepState, 'warnings'> {
  return warnings === undefined ? {} : { warnings }
}

/** The state of a run whose process died, as last heard of it at that time. */
export function cutOff(state: RunState, at: Date): RunState {
  const endedAt = at.toISOString()
  const steps = state.steps.map((step) =>
    step.state === 'running' || step.state === 'waiting'
      ? ({ ...withoutWait(step, endedAt), state: 'interrupted', endedAt } as const)
      : step,
  )
  return { ...state, outcome: 'interrupted', endedAt, steps }
}

/** How a run ended whose steps ended so. */
export function outcomeOf(results: Iterable<StepResult>): Exclude<Outcome, 'running'> {
  const all = [...results]
  if (all.some(({ is }) => is === 'interrupted')) return 'interrupted'
  if (!all.every(({ is }) => is === 'converged')) return 'failed'
  return all.some((result) => result.is === 'converged' && result.warnings.length > 0) ? 'degraded' : 'converged'
}
