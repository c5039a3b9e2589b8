import type { Action, ActionOutcome } from './action.ts'
import type { Warning } from './decision.ts'
import type { StepResult } from './events.ts'

/** The action with what a person is to be told once it is done. */
export function telling<Told extends Action>(action: Told, warnings: readonly Warning[]): Told {
  return warnings.length === 0 ? action : { ...action, warnings }
}

/** What the actions that were done have to tell, each thing once. */
export function warningsOf(past: readonly ActionOutcome[]): readonly Warning[] {
  const told = past.flatMap(({ is, action }) => (is === 'done' ? (action.warnings ?? []) : []))
  const texts = told.map(({ code, text }) => `${code} ${text}`)
  return told.filter((_, index) => texts.indexOf(texts[index] ?? '') === index)
}

/** However the step ended: the run that makes good what failed no longer sees what this one did. */
export function withTold(result: StepResult, past: readonly ActionOutcome[]): StepResult {
  const told = warningsOf(past)
  if (told.length === 0) return result
  switch (result.is) {
    case 'converged':
      return { ...result, warnings: [...result.warnings, ...told] }
    case 'refused':
    case 'failed':
    case 'interrupted':
      return { ...result, warnings: told }
    case 'blocked':
    case 'pending':
      return result
  }
}
