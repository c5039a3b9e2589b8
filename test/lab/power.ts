import { UNIT, waitForConvergence } from './agent-status.ts'
import type { ExampleConfig } from './example-config.ts'
import { assertFrontend } from './frontend-assertions.ts'
import type { Guest } from './guest.ts'
import { journalLine } from './journal-line.ts'
import type { Lab } from './lab.ts'
import { timed } from './print.ts'
import { seededRandom } from './random.ts'
import { pause, withDeadline } from './wait.ts'

/** A moment at which the power goes. */
export interface Cut {
  readonly name: string
  /** How long after the event the power goes, at most: about as long as the work takes in this guest. */
  readonly withinMs: number
  /** What is done before, so that the instance comes by the moment now. */
  readonly prepare?: (lab: Lab, guest: Guest) => Promise<unknown>
  /** Begins what leads to the event, looking out for it before where it may come at once, and resolves when it comes. */
  readonly event: (begin: () => Promise<unknown>, lab: Lab, guest: Guest, signal: AbortSignal) => Promise<unknown>
}

interface Cuts {
  readonly cuts: readonly Cut[]
  readonly seed: number
  /** A boot or a run: what leads to the events. */
  readonly begin: () => Promise<unknown>
  readonly afterEach?: () => Promise<unknown>
}

export const EVENT_DEADLINE_MS = 900_000

/** Resolves when the agent logs this, which it does of an action first when it begins. */
export function logged(pattern: RegExp): Cut['event'] {
  return async (begin, _lab, guest, signal) => {
    await begin()
    await journalLine(guest, UNIT, pattern, signal)
  }
}

/** Takes the power away at each of the moments, how long after its event is left to chance. */
export async function cutAtEach(lab: Lab, guest: Guest, { cuts, seed, begin, afterEach }: Cuts): Promise<void> {
  const random = seededRandom(seed)
  for (const { name, withinMs, prepare, event } of cuts) {
    const afterMs = Math.trunc(random() * withinMs)
    await prepare?.(lab, guest)
    await timed(`the power goes ${name}, ${afterMs} ms after the event`, async () => {
      await withDeadline(name, EVENT_DEADLINE_MS, lab.signal, (signal) => event(begin, lab, guest, signal))
      await pause(afterMs, lab.signal)
      await guest.cutPower()
    })
    await afterEach?.()
  }
}

/** The run after the cut made it good, and a front end it is. */
export async function assertConverged(lab: Lab, guest: Guest, config: ExampleConfig): Promise<void> {
  await waitForConvergence(guest, { deadlineMs: EVENT_DEADLINE_MS, signal: lab.signal })
  await assertFrontend(lab, guest, config)
}
