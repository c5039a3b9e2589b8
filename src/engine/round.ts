import { type Action, type ActionOutcome, labelOf } from './action.ts'
import { orAborted, withDeadline } from './clock.ts'
import type { FailureCode } from './codes.ts'
import { messageOf } from './errors.ts'
import type { Ports, Run } from './run.ts'

/** What a step would fail of, were its time up now. */
export interface Trouble {
  readonly code: FailureCode
  readonly because: string
}

/** After its signal an action gets this long to end: a child that does not heed SIGTERM is killed 5 s later. */
const lastAnswerMs = 10_000

/**
 * Carries out the actions of one decision, one after the other, and tells of them. What fails or is stale ends the
 * round, but for a failure that is allowed for; so does `until`, also while a lock is waited for.
 */
export async function carryOut(
  step: string,
  actions: readonly Action[],
  { ports, withLock }: Pick<Run, 'ports' | 'withLock'>,
  until: AbortSignal,
): Promise<readonly ActionOutcome[]> {
  ports.emit({ event: 'step-decided', step, actions: actions.map(labelOf) })
  const outcomes: ActionOutcome[] = []
  for (const action of actions) {
    const outcome = await withLock(lockOf(action), until, () => perform(action))
    if (outcome === undefined) break
    outcomes.push(outcome)
    if (endsRound(outcome)) break
  }
  return outcomes

  async function perform(action: Action): Promise<ActionOutcome> {
    const label = labelOf(action)
    const startedAt = ports.clock.now()
    ports.emit({ event: 'action-started', step, action: label, reason: action.because })
    const outcome = await answerTo(action, ports, until)
    const durationMs = ports.clock.now() - startedAt
    ports.emit({ event: 'action-ended', step, action: label, outcome: outcome.is, durationMs, ...reasonOf(outcome) })
    return outcome
  }
}

/** What comes of the action; one that may be interrupted and hangs, on a dead share say, is given up. */
async function answerTo(action: Action, { perform, clock }: Ports, until: AbortSignal): Promise<ActionOutcome> {
  const outcome = perform(action, until)
  if (action.do === 'format' || (action.do === 'exec' && action.uninterruptible === true)) return await outcome
  // perform never throws: what is caught here and below is that the time is up.
  const inTime = await orAborted(outcome, until).catch(() => undefined)
  if (inTime !== undefined) return inTime
  using grace = withDeadline(clock, lastAnswerMs, new AbortController().signal)
  const late = await orAborted(outcome, grace.signal).catch(() => undefined)
  return late ?? { is: 'failed', action, error: `no answer: ${messageOf(until.reason)}` }
}

/** Of which action the round died and why; undefined when it did not. */
export function troubleOf(outcomes: readonly ActionOutcome[]): Trouble | undefined {
  const last = outcomes.at(-1)
  return last !== undefined && endsRound(last) ? troubleWith(last) : undefined
}

/** The last of the failures that were allowed for, and its reason. */
export function lastFailureOf(outcomes: readonly ActionOutcome[]): Trouble | undefined {
  const failure = outcomes.findLast(({ is }) => is === 'failed')
  return failure && troubleWith(failure)
}

/** What is known to be in the way of one of the actions. */
export function obstacleTo(actions: readonly Action[]): Trouble | undefined {
  const obstacle = actions.find((action) => action.obstacle !== undefined)?.obstacle
  return obstacle && { code: obstacle.code, because: obstacle.for }
}

/** A stale action has met with nothing: what was seen has changed. */
function troubleWith(outcome: ActionOutcome): Trouble {
  const known = outcome.is === 'failed' ? obstacleTo([outcome.action]) : undefined
  return known ?? { code: 'ACTION_FAILED', because: `${labelOf(outcome.action)}: ${reasonOf(outcome).reason}` }
}

function endsRound(outcome: ActionOutcome): boolean {
  switch (outcome.is) {
    case 'done':
      return false
    case 'stale':
      return true
    case 'failed':
      return !(outcome.action.do === 'exec' && outcome.action.mayFail === true)
  }
}

function lockOf(action: Action) {
  return action.do === 'exec' ? action.lock : undefined
}

function reasonOf(outcome: ActionOutcome): { reason?: string } {
  switch (outcome.is) {
    case 'done':
      return {}
    case 'stale':
      return { reason: outcome.because }
    case 'failed':
      return { reason: outcome.error }
  }
}
