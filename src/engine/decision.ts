import type { Action, Obstacle } from './action.ts'
import type { RefusalCode, WarningCode } from './codes.ts'

export interface Warning {
  readonly code: WarningCode
  readonly text: string
}

/** Someone else must move first. */
export interface Wait extends Obstacle {
  readonly is: 'wait'
  /** Not in this run, for a reason that `for` tells as well: the step fails at once as it would at its deadline. */
  readonly inVain?: true
}

/** What a step makes of what it saw. */
export type Decision =
  | { readonly is: 'converged'; readonly because: string; readonly warnings?: readonly Warning[] }
  | { readonly is: 'act'; readonly actions: readonly Action[] }
  | Wait
  /** A person must decide. */
  | {
      readonly is: 'refuse'
      readonly code: RefusalCode
      readonly because: string
      readonly hint: string
      /** The hash of what was found, where a person's consent to lose it is a way past the refusal. */
      readonly findings?: string
    }

/** Whatever is still to be done; with nothing left, converged. */
export function toConverge(because: string, ...needed: readonly (Action | false)[]): Decision {
  const actions = needed.filter((action) => action !== false)
  return actions.length === 0 ? { is: 'converged', because } : { is: 'act', actions }
}

/** With a word more about what is converged all the same; any other decision stays as it is. */
export function withWarnings(decision: Decision, ...warnings: readonly Warning[]): Decision {
  if (decision.is !== 'converged' || warnings.length === 0) return decision
  return { ...decision, warnings: [...(decision.warnings ?? []), ...warnings] }
}
