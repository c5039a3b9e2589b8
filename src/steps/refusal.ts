import type { RefusalCode } from '../engine/codes.ts'
import type { Decision } from '../engine/decision.ts'

export type Refusal = Extract<Decision, { readonly is: 'refuse' }>

/** `because`: what was found; `hint`: what a person can do. */
export function refusal(code: RefusalCode, because: string, hint: string): Refusal {
  return { is: 'refuse', code, because, hint }
}
