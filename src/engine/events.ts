import type { ActionOutcome } from './action.ts'
import type { FailureCode, RefusalCode, WaitCode } from './codes.ts'
import type { Decision, Warning } from './decision.ts'

/** Of what it has done nevertheless; not there where there is nothing to tell. */
interface Told {
  readonly warnings?: readonly Warning[]
}

/** How a step ended. */
export type StepResult =
  | { readonly is: 'converged'; readonly because: string; readonly warnings: readonly Warning[] }
  | ({ readonly is: 'refused'; readonly code: RefusalCode; readonly because: string; readonly hint: string } & Told)
  | ({ readonly is: 'failed'; readonly code: FailureCode; readonly because: string } & Told)
  /** Not looked at, since the step `by`, which it comes after, has not converged. */
  | { readonly is: 'blocked'; readonly by: string }
  | ({ readonly is: 'interrupted' } & Told)
  /** Only looked at, and something is to be done. */
  | { readonly is: 'pending'; readonly decision: Exclude<Decision, { is: 'converged' }> }

/** What happens in a run, as it happens: fixed words with fields. The log, the terminal and the state file live on it. */
export type Event =
  | { readonly event: 'step-started'; readonly step: string; readonly deadlineMs: number }
  | { readonly event: 'step-waiting'; readonly step: string; readonly code: WaitCode; readonly reason: string }
  | { readonly event: 'step-decided'; readonly step: string; readonly actions: readonly string[] }
  | { readonly event: 'action-started'; readonly step: string; readonly action: string; readonly reason: string }
  | {
      readonly event: 'action-ended'
      readonly step: string
      readonly action: string
      readonly outcome: ActionOutcome['is']
      readonly reason?: string
      readonly durationMs: number
    }
  | {
      readonly event: 'step-retrying'
      readonly step: string
      readonly code: FailureCode
      readonly reason: string
      readonly delayMs: number
    }
  | { readonly event: 'step-ended'; readonly step: string; readonly result: StepResult; readonly durationMs: number }

export type Emit = (event: Event) => void
