import { type Logger, pino } from 'pino'

/** A log, and the lines that were written to it. */
export function logInMemory(): { readonly log: Logger; readonly lines: readonly unknown[] } {
  const lines: unknown[] = []
  return { lines, log: pino({ base: null, timestamp: false }, { write: (line) => lines.push(JSON.parse(line)) }) }
}
