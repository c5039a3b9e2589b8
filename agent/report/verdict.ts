import type { StepResult } from '../../src/engine/events.ts'
import { outcomeOf } from './run-state.ts'

interface Trouble {
  readonly step: string
  readonly code: string
  readonly because: string
}

/** What a whole run makes of the instance, for those who look at it from outside. */
export type Verdict = { readonly is: 'ready' } | ({ readonly is: 'degraded' | 'failed' } & Trouble)

/** By the first step that did not go well. Undefined where the run was stopped, which says nothing of the instance. */
export function verdictOf(results: ReadonlyMap<string, StepResult>): Verdict | undefined {
  const outcome = outcomeOf(results.values())
  if (outcome === 'converged') return { is: 'ready' }
  if (outcome === 'interrupted') return undefined
  const troubleOf = outcome === 'failed' ? failureOf : warningOf
  const [first] = [...results].flatMap(([step, result]) => troubleOf(step, result))
  return first && { is: outcome, ...first }
}

/** Not of a step that only comes after such a one. */
function failureOf(step: string, result: StepResult): readonly Trouble[] {
  if (result.is !== 'failed' && result.is !== 'refused') return []
  return [{ step, code: result.code, because: result.because }]
}

function warningOf(step: string, result: StepResult): readonly Trouble[] {
  if (result.is !== 'converged') return []
  return result.warnings.map(({ code, text }) => ({ step, code, because: text }))
}

/** In a word and a code: two runs of which it is the same tell nothing new. */
export function shortVerdict(verdict: Verdict): string {
  return verdict.is === 'ready' ? verdict.is : `${verdict.is} ${verdict.code}`
}
