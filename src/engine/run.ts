import type { Action, ActionOutcome } from './action.ts'
import type { Clock } from './clock.ts'
import type { Emit } from './events.ts'
import type { Host } from './host.ts'
import type { WithLock } from './locks.ts'
import type { SharedAnswers } from './shared-answers.ts'

/** Carries out one action. Never throws: what goes wrong is an outcome. An uninterruptible action ignores the signal. */
export type Perform = (action: Action, signal: AbortSignal) => Promise<ActionOutcome>

/** All that the engine needs of the world. */
export interface Ports {
  readonly host: Host
  readonly perform: Perform
  readonly clock: Clock
  /** In [0, 1), for jitter. */
  readonly random: () => number
  readonly emit: Emit
}

/** What the steps of one run share. */
export interface Run {
  readonly ports: Ports
  readonly withLock: WithLock
  readonly answers: SharedAnswers
  /** Aborted when the whole run is to stop, as opposed to one step whose deadline has passed. */
  readonly stop: AbortSignal
}
