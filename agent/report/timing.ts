import type { RunState, StepState } from './run-state.ts'

/** Milliseconds since the run began. */
interface Span {
  readonly startMs: number
  readonly endMs: number
}

/** When a step ran and when it waited meanwhile. */
export interface Timed extends Span {
  readonly step: StepState
  readonly waits: readonly (Span & { readonly code: string })[]
}

/** The steps that have begun, in the order of the run. What is not over yet is shown up to now. */
export function timedSteps(run: RunState, now: Date): readonly Timed[] {
  const spanBetween = spansOf(run, now)
  return run.steps.flatMap((step) => {
    if (step.startedAt === undefined) return []
    const waits = (step.waits ?? []).map((wait) => ({
      code: wait.code,
      ...spanBetween(wait.startedAt, wait.endedAt ?? step.endedAt),
    }))
    return [{ step, waits, ...spanBetween(step.startedAt, step.endedAt) }]
  })
}

/** How long the run took, or has taken up to now. */
export function totalMs(run: RunState, now: Date): number {
  return spansOf(run, now)(run.startedAt, run.endedAt).endMs
}

export function durationMs({ startMs, endMs }: Span): number {
  return endMs - startMs
}

/** At first boot the clock is set while the run goes on: a time before the one that came first is taken for the same. */
function spansOf(run: RunState, now: Date) {
  const beganAt = Date.parse(run.startedAt)
  return (startedAt: string, endedAt: string | undefined): Span => {
    const startMs = Math.max(0, Date.parse(startedAt) - beganAt)
    const over = endedAt ?? run.endedAt
    return { startMs, endMs: Math.max(startMs, (over === undefined ? now.getTime() : Date.parse(over)) - beganAt) }
  }
}

/** How long the step waited in all, and for what, the longest first. */
export function waitsByCode({ waits }: Timed): readonly (readonly [code: string, ms: number])[] {
  const sums = new Map<string, number>()
  for (const wait of waits) sums.set(wait.code, (sums.get(wait.code) ?? 0) + durationMs(wait))
  return [...sums].toSorted(([, one], [, other]) => other - one)
}

export function waitedMs({ waits }: Timed): number {
  return sum(waits.map(durationMs))
}

function sum(values: readonly number[]): number {
  let total = 0
  for (const value of values) total += value
  return total
}

/**
 * The steps that made the run end when it did, the last one first: the one that ended last, before it that of those it
 * came after which ended last, and so on. Of two that end at once, as all do that still run, it is the longer one.
 */
export function criticalChain(steps: readonly Timed[]): readonly Timed[] {
  const chain: Timed[] = []
  for (let last = lastOf(steps); last !== undefined; ) {
    chain.push(last)
    const { after = [] } = last.step
    last = lastOf(steps.filter(({ step }) => after.includes(step.id)))
  }
  return chain
}

function lastOf(steps: readonly Timed[]): Timed | undefined {
  return steps.toSorted((one, other) => other.endMs - one.endMs || one.startMs - other.startMs)[0]
}
