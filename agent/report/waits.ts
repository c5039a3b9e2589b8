/** A time in which a step waited for somebody else; without an end it still does. Times are ISO 8601 in UTC. */
export interface Wait {
  readonly code: string
  readonly startedAt: string
  readonly endedAt?: string
}

interface Waiting {
  readonly waits?: readonly Wait[]
}

/** A try in vain that is no longer than this is a part of the wait around it, so that the state file stays small. */
const vainMs = 10_000

/** The step, that waits with this code from then on. */
export function withWait<Step extends Waiting>(step: Step, code: string, time: string): Step {
  const last = step.waits?.at(-1)
  if (last !== undefined && last.code === code && isGoingOn(last, time)) {
    return { ...step, waits: [...(step.waits ?? []).slice(0, -1), { code, startedAt: last.startedAt }] }
  }
  return { ...step, waits: [...(withoutWait(step, time).waits ?? []), { code, startedAt: time }] }
}

/** The step, that waits no longer. */
export function withoutWait<Step extends Waiting>(step: Step, time: string): Step {
  const last = step.waits?.at(-1)
  if (last === undefined || last.endedAt !== undefined) return step
  return { ...step, waits: [...(step.waits ?? []).slice(0, -1), { ...last, endedAt: time }] }
}

function isGoingOn({ endedAt }: Wait, time: string): boolean {
  return endedAt === undefined || new Date(time).getTime() - new Date(endedAt).getTime() <= vainMs
}
