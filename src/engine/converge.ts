import { type Action, type ActionOutcome, labelOf } from './action.ts'
import { pauseMs } from './backoff.ts'
import { DeadlinePassed, withDeadline } from './clock.ts'
import { messageOf } from './errors.ts'
import type { StepResult } from './events.ts'
import { look, resultOf } from './look.ts'
import { carryOut, lastFailureOf, obstacleTo, type Trouble, troubleOf } from './round.ts'
import type { Run } from './run.ts'
import type { AnyStep } from './step.ts'
import { withTold } from './told.ts'

/** What came of one look and of what was done upon it. */
type Turn =
  | { readonly is: 'ended'; readonly result: StepResult }
  /** Something was done that had not been done before: look again at once. `whole`: all of it was. */
  | { readonly is: 'progress'; readonly whole: boolean }
  | { readonly is: 'wait' | 'retry'; readonly trouble: Trouble }

/** What comes after the deadline gets this much: a last look, and what an action has left to be finished. */
const lastLookMs = 15_000

/** Looks and acts until there is nothing left to do, a person must decide or nothing comes of it in this run, or `until` is aborted. */
export async function converge(step: AnyStep, run: Run, until: AbortSignal): Promise<StepResult> {
  const past: ActionOutcome[] = []
  return withTold(await bringAbout(step, run, until, past), past)
}

/** What is done goes to `past`. */
async function bringAbout(step: AnyStep, run: Run, until: AbortSignal, past: ActionOutcome[]): Promise<StepResult> {
  const { clock, emit, random } = run.ports
  const carriedOut = new Set<string>()
  const attempts = { wait: 0, retry: 0 }
  let trouble: Trouble | undefined

  for (;;) {
    const turn = await takeTurn().catch(failedLook)
    if (turn.is === 'ended') return turn.result
    trouble = turn.is === 'progress' ? undefined : turn.trouble
    if (turn.is === 'progress') {
      attempts.wait = 0
      attempts.retry = 0
    } else if (!until.aborted) {
      const delayMs = pauseMs(turn.is, attempts[turn.is]++, random())
      if (turn.is === 'retry') {
        const { code, because: reason } = turn.trouble
        emit({ event: 'step-retrying', step: step.id, code, reason, delayMs })
      }
      await clock.sleep(delayMs, until).catch(() => undefined) // aborted: said by the next line
    }
    if (!until.aborted) continue
    const mayFinish = turn.is === 'progress' && turn.whole
    return await lookLast(step, run, until.reason, past, trouble, mayFinish)
  }

  async function takeTurn(): Promise<Turn> {
    const decision = await look(step, run, past, until)
    switch (decision.is) {
      case 'converged':
      case 'refuse':
        return { is: 'ended', result: resultOf(decision) }
      case 'wait':
        if (decision.inVain === true) return { is: 'ended', result: resultOf(decision) }
        if (trouble?.code !== decision.code || trouble.because !== decision.for) {
          emit({ event: 'step-waiting', step: step.id, code: decision.code, reason: decision.for })
        }
        return { is: 'wait', trouble: { code: decision.code, because: decision.for } }
      case 'act':
        return await act(decision.actions)
    }
  }

  async function act(actions: readonly Action[]): Promise<Turn> {
    const outcomes = await carryOut(step.id, actions, run, until)
    past.push(...outcomes)
    const failed = troubleOf(outcomes)
    if (failed !== undefined) return { is: 'retry', trouble: failed }
    if (outcomes.length < actions.length) return { is: 'progress', whole: false } // the rest was cut off
    const round = JSON.stringify(actions)
    if (!carriedOut.has(round)) {
      carriedOut.add(round)
      return { is: 'progress', whole: outcomes.every(({ is }) => is === 'done') }
    }
    const failure = lastFailureOf(outcomes)
    if (failure !== undefined) return { is: 'retry', trouble: failure }
    const because = `done, and needed again: ${labelsOf(actions)}`
    return { is: 'retry', trouble: { code: 'NOT_CONVERGING', because } }
  }

  /** That the deadline ended a look tells less than what was in the way before. */
  function failedLook(error: unknown): Turn {
    const failure: Trouble = { code: 'OBSERVATION_FAILED', because: messageOf(error) }
    return { is: 'retry', trouble: until.aborted ? (trouble ?? failure) : failure }
  }
}

/**
 * The deadline has passed or the run was stopped: what an action had still finished counts. A round that was carried
 * out whole over the deadline `mayFinish` with one more, if that can be interrupted: a file system that mkfs has just
 * made is mounted.
 */
async function lookLast(
  step: AnyStep,
  run: Run,
  reason: unknown,
  past: ActionOutcome[],
  before: Trouble | undefined,
  mayFinish: boolean,
): Promise<StepResult> {
  if (!(reason instanceof DeadlinePassed)) return { is: 'interrupted' }
  let trouble = before
  using grace = withDeadline(run.ports.clock, lastLookMs, run.stop)
  try {
    let decision = await look(step, run, past, grace.signal)
    if (decision.is === 'act' && mayFinish && decision.actions.every(mayBeInterrupted)) {
      const outcomes = await carryOut(step.id, decision.actions, run, grace.signal)
      past.push(...outcomes)
      trouble = troubleOf(outcomes) ?? trouble
      decision = await look(step, run, past, grace.signal)
    }
    if (decision.is !== 'act') return resultOf(decision)
    const because = `${reason.message}; still to be done: ${labelsOf(decision.actions)}`
    const known = obstacleNowTo(past.at(-1), decision.actions)
    return { is: 'failed', ...(known ?? trouble ?? { code: 'DEADLINE_PASSED', because }) }
  } catch (error) {
    if (run.stop.aborted) return { is: 'interrupted' }
    return { is: 'failed', ...(trouble ?? { code: 'OBSERVATION_FAILED', because: messageOf(error) }) }
  }
}

/** What is in the way of the action that failed last, if only this look has shown it. */
function obstacleNowTo(last: ActionOutcome | undefined, actions: readonly Action[]): Trouble | undefined {
  if (last?.is !== 'failed') return undefined
  return obstacleTo(actions.filter((action) => labelOf(action) === labelOf(last.action)))
}

function mayBeInterrupted(action: Action): boolean {
  return action.do !== 'format' && !(action.do === 'exec' && action.uninterruptible === true)
}

function labelsOf(actions: readonly Action[]): string {
  return actions.map(labelOf).join(', ')
}
