import { createPatch } from 'diff'
import { type Action, labelOf } from '../../src/engine/action.ts'
import type { StepResult } from '../../src/engine/events.ts'
import { withoutPasswords } from './passwords.ts'
import { wayToExplain } from './way-to-explain.ts'

/** The plan, a paragraph a step, a line that sums it up, and last where to read on. */
export function renderPlan(results: ReadonlyMap<string, StepResult>): readonly string[] {
  const paragraphs = [...results].flatMap(([step, result]) => renderStep(step, result))
  const all = [...results.values()]
  return [...paragraphs, '', summary(all), ...wayToExplain(all.flatMap(codesOf))]
}

/** The codes that the paragraph of a step shows. */
function codesOf(result: StepResult): readonly string[] {
  const shown = result.is === 'pending' ? result.decision : result
  return 'code' in shown ? [shown.code] : []
}

function renderStep(step: string, result: StepResult): readonly string[] {
  switch (result.is) {
    case 'converged':
      return [`= ${step}: ${result.because}`]
    case 'blocked':
      return [`? ${step}: known after ${result.by}`]
    case 'failed':
      return [`! ${step}: ${result.code}: ${result.because}`]
    case 'interrupted':
      return [`! ${step}: interrupted`]
    case 'refused':
      return [`! ${step}: ${result.code}: ${result.because}`, `  -> ${result.hint}`]
    case 'pending':
      return renderPending(step, result.decision)
  }
}

function renderPending(step: string, decision: Extract<StepResult, { is: 'pending' }>['decision']): readonly string[] {
  switch (decision.is) {
    case 'wait':
      return [`~ ${step}: would wait: ${decision.code}: ${decision.for}`]
    case 'refuse':
      return [`! ${step}: ${decision.code}: ${decision.because}`, `  -> ${decision.hint}`]
    case 'act':
      return [`~ ${step}:`, ...decision.actions.flatMap(renderAction)]
  }
}

function renderAction(action: Action): readonly string[] {
  const line = `    ${labelOf(action)}    # ${action.because.replaceAll(/\s+/g, ' ')}`
  if (action.do !== 'write') return [line]
  // What only its owner may read may hold passwords.
  return [
    line,
    ...((action.mode & 0o077) === 0 ? ['      (content not shown)'] : diff(action.was ?? '', action.content)),
  ]
}

/** Without the passwords that others have in fstab or slurm.conf: a plan is read over Systems Manager, too. */
function diff(was: string, content: string): readonly string[] {
  return createPatch('', was, content, '', '', { context: 1 })
    .split('\n')
    .slice(4) // the names of the files
    .filter((line) => line !== '' && !line.startsWith('@@') && !line.startsWith('\\'))
    .map((line) => `      ${withoutPasswords(line)}`)
}

function summary(results: readonly StepResult[]): string {
  const of = (is: StepResult['is']) => results.filter((result) => result.is === is).length
  if (of('converged') === results.length) return 'Nothing to do: the machine is as the configuration says.'
  const refused = results.filter((result) => result.is === 'pending' && result.decision.is === 'refuse').length
  const parts = [
    `${of('converged')} as they should be`,
    `${of('pending') - refused} to do`,
    `${refused} refused`,
    `${of('blocked')} known only after those`,
    `${of('failed') + of('interrupted')} that could not be looked at`,
  ]
  return `Plan: ${parts.filter((part) => !part.startsWith('0 ')).join(', ')}.`
}
