import { withDeadline } from './clock.ts'
import { converge } from './converge.ts'
import type { StepResult } from './events.ts'
import { inOrder } from './graph.ts'
import { namedLocks } from './locks.ts'
import { lookOnce } from './look.ts'
import type { Ports, Run } from './run.ts'
import { sharedAnswers } from './shared-answers.ts'
import type { AnyStep } from './step.ts'

export type { Ports } from './run.ts'

/**
 * Brings the steps about, independent ones at once, each as soon as those before it have converged. Steps for which
 * `mayAct` is false are only looked at, once: that is what a plan is. Ends when every step has a result; an aborted
 * signal ends the run after the actions that may not be interrupted. Never throws for what happens on the machine.
 */
export async function runSteps(
  steps: readonly AnyStep[],
  mayAct: (step: string) => boolean,
  ports: Ports,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, StepResult>> {
  const units = steps.flatMap(({ asksAbout = [] }) => asksAbout)
  const run: Run = { ports, withLock: namedLocks(), answers: sharedAnswers(ports, units, signal), stop: signal }
  const running = new Map<string, Promise<StepResult>>()
  for (const step of inOrder(steps)) {
    const before = step.after.map(async (id) => ({ id, result: await running.get(id) }))
    running.set(step.id, runStep(step, before))
  }
  // A mistake of ours in one step must not end the program while another is in the middle of an action.
  await Promise.allSettled(running.values())
  const results = new Map<string, StepResult>()
  for (const [id, result] of running) results.set(id, await result)
  return results

  async function runStep(
    step: AnyStep,
    before: readonly Promise<{ id: string; result: StepResult | undefined }>[],
  ): Promise<StepResult> {
    for (const { id, result } of await Promise.all(before)) {
      if (result?.is !== 'converged') return ended(step.id, { is: 'blocked', by: id }, 0)
    }
    if (signal.aborted) return ended(step.id, { is: 'interrupted' }, 0)
    const startedAt = ports.clock.now()
    const { deadlineMs } = step
    ports.emit({ event: 'step-started', step: step.id, deadlineMs })
    using deadline = withDeadline(ports.clock, deadlineMs, signal)
    const result = await (mayAct(step.id) ? converge : lookOnce)(step, run, deadline.signal)
    return ended(step.id, result, ports.clock.now() - startedAt)
  }

  function ended(step: string, result: StepResult, durationMs: number): StepResult {
    ports.emit({ event: 'step-ended', step, result, durationMs })
    return result
  }
}
