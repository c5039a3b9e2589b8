import { styleText } from 'node:util'
import type { Outcome, StepState } from './run-state.ts'

const colours = {
  pending: 'gray',
  running: 'cyan',
  waiting: 'yellow',
  converged: 'green',
  degraded: 'yellow',
  failed: 'red',
  refused: 'red',
  blocked: 'gray',
  interrupted: 'yellow',
} as const satisfies Record<StepState['state'] | Outcome, string>

/** The text in the colour of a state: on a terminal alone, and not where NO_COLOR is set. */
export function style(state: StepState['state'] | Outcome, text: string): string {
  return styleText(colours[state], text, { stream: process.stdout })
}
