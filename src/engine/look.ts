import type { ActionOutcome } from './action.ts'
import { orAborted } from './clock.ts'
import type { Decision } from './decision.ts'
import { messageOf } from './errors.ts'
import type { StepResult } from './events.ts'
import type { Host } from './host.ts'
import type { Run } from './run.ts'
import type { AnyStep } from './step.ts'

/**
 * One look and what follows from it, given up when `until` is aborted. What is shared may only show that there is nothing
 * to do: before anything is done, waited for or refused, the step looks for itself.
 */
export async function look(
  step: AnyStep,
  { ports, answers }: Run,
  past: readonly ActionOutcome[],
  until: AbortSignal,
): Promise<Decision> {
  const { host, areUsed } = answers.forLook()
  try {
    const decision = await lookAt(host)
    if (decision.is === 'converged') return decision
    answers.end()
    return areUsed() ? await lookAt(ports.host) : decision
  } catch (error) {
    answers.end()
    throw error
  }

  async function lookAt(machine: Host): Promise<Decision> {
    const decide = await orAborted(step.look(machine, until), until)
    return decide(past)
  }
}

/** What it comes to where nothing more is waited for. */
export function resultOf(decision: Exclude<Decision, { is: 'act' }>): StepResult {
  switch (decision.is) {
    case 'converged':
      return { is: 'converged', because: decision.because, warnings: decision.warnings ?? [] }
    case 'wait':
      return { is: 'failed', code: decision.code, because: decision.for }
    case 'refuse':
      return { is: 'refused', code: decision.code, because: decision.because, hint: decision.hint }
  }
}

/** What a plan is made of: nothing is done, and nothing is waited for. */
export async function lookOnce(step: AnyStep, run: Run, until: AbortSignal): Promise<StepResult> {
  try {
    const decision = await look(step, run, [], until)
    return decision.is === 'converged' ? resultOf(decision) : { is: 'pending', decision }
  } catch (error) {
    if (run.stop.aborted) return { is: 'interrupted' }
    return { is: 'failed', code: 'OBSERVATION_FAILED', because: messageOf(error) }
  }
}
