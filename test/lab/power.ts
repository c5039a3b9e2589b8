import { waitForConvergence } from './agent-status.ts'
import type { ExampleConfig } from './example-config.ts'
import { assertFrontend } from './frontend-assertions.ts'
import type { Guest } from './guest.ts'
import type { Lab } from './lab.ts'

/** A moment at which the power goes. */
export interface Cut {
  readonly name: string
  /** How long after the event the power goes, at most: about as long as the work takes in this guest. */
  readonly withinMs: number
  readonly event: (lab: Lab, guest: Guest, signal: AbortSignal) => Promise<void>
}

export const EVENT_DEADLINE_MS = 600_000

/** The run after the cut made it good, and a front end it is. */
export async function assertConverged(lab: Lab, guest: Guest, config: ExampleConfig): Promise<void> {
  await waitForConvergence(guest, { deadlineMs: EVENT_DEADLINE_MS, signal: lab.signal })
  await assertFrontend(lab, guest, config)
}
