import type { Logger } from 'pino'
import { messageOf } from '../../src/engine/errors.ts'
import type { StepResult } from '../../src/engine/events.ts'
import { jsonIn } from '../../src/formats/json.ts'
import { clock } from '../host/clock.ts'
import { read } from '../host/files.ts'
import { tellConsole, tellConsoleOfError } from './console.ts'
import { statusTag, tagError } from './status-tag.ts'
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
 * Tells them why no run began: of the configuration at that path, which is bad, as it may be at the first boot already.
 * Throws the error on.
 */
export async function outsideOfBadConfig(path: string, error: unknown, stop: AbortSignal): Promise<never> {
  const line = process.stdout.isTTY ? undefined : tellConsoleOfError(messageOf(error))
  const tag = (await asksForTag(path)) ? tagError('CONFIG_BAD', stop) : undefined
  await Promise.all([line, tag])
  throw error
}

/** Whatever else is wrong with it. One that cannot be read is what the error is about. */
async function asksForTag(path: string): Promise<boolean> {
  const config = jsonIn(await read(path).catch(() => undefined))
  return typeof config === 'object' && config !== null && 'statusTag' in config && config.statusTag === true
}
