import type { Logger } from 'pino'
import { messageOf } from '../../src/engine/errors.ts'
import type { StepResult } from '../../src/engine/events.ts'
import { clock } from '../host/clock.ts'
import { tellConsole, tellConsoleOfError } from './console.ts'
import { statusTag } from './status-tag.ts'
import { verdictOf } from './verdict.ts'

/**
 * Tells those who cannot log in of a run of all steps, as it begins and when it has ended: by a tag, where that is
 * configured, and by a line on the console, unless a person sees the run on a terminal. Never throws.
 */
export function outside(
  config: { readonly statusTag: boolean },
  log: Logger,
  stop: AbortSignal,
): { end(results: ReadonlyMap<string, StepResult>): Promise<void> } {
  const startedAt = clock.now()
  const tag = config.statusTag ? statusTag(log, stop) : undefined
  return {
    async end(results) {
      const verdict = verdictOf(results)
      const isNews = verdict !== undefined && !process.stdout.isTTY
      const line = isNews ? tellConsole(log, verdict, clock.now() - startedAt) : undefined
      await Promise.all([tag?.end(verdict), line])
    },
  }
}

/**
 * Tells them, by the console alone, why no run began: most likely a configuration that is bad at the first boot already.
 * Whether there is to be a tag stands in it. Throws the error on.
 */
export async function outsideOfError(error: unknown): Promise<never> {
  if (!process.stdout.isTTY) await tellConsoleOfError(messageOf(error))
  throw error
}
