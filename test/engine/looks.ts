import type { Action, Exec } from '../../src/engine/action.ts'
import type { Decision } from '../../src/engine/decision.ts'
import type { StepResult } from '../../src/engine/events.ts'

/** What one look at the machine gives: a decision, an error, or nothing, ever. */
export type Look =
  | Decision
  | { readonly is: 'throws'; readonly message: string }
  /** `deaf`: like a read on a dead mount, which does not hear the signal either. */
  | { readonly is: 'hangs'; readonly deaf: boolean }

export const converged = { is: 'converged', because: 'as it should be' } as const
export const wait = { is: 'wait', code: 'EFS_PORT_CLOSED', for: '10.0.0.9:2049 to answer' } as const
export const refuse = {
  is: 'refuse',
  code: 'DISK_NOT_BLANK',
  because: 'byte 512 is not zero',
  hint: 'look at it',
} as const
export const throws = { is: 'throws', message: 'no route to host' } as const
export const hangs = { is: 'hangs', deaf: false } as const
export const hangsDeaf = { is: 'hangs', deaf: true } as const

/** What comes of the first two. */
export const isConverged: StepResult = { is: 'converged', because: 'as it should be', warnings: [] }
export const isRefused: StepResult = { is: 'refused', code: refuse.code, because: refuse.because, hint: refuse.hint }

export function run(program: string, more: Partial<Omit<Exec, 'do' | 'argv' | 'because'>> = {}): Exec {
  return { do: 'exec', argv: [program], because: `${program} is needed`, ...more }
}

export function act(...actions: readonly Action[]): Decision {
  return { is: 'act', actions }
}
