import assert from 'node:assert/strict'
import type { Guest } from './guest.ts'

/** Resolves at the first line like this that the unit logs; what it has said since the boot counts, too. */
export async function journalLine(guest: Guest, unit: string, pattern: RegExp, signal: AbortSignal): Promise<void> {
  const found = new AbortController()
  const look = (line: string) => {
    if (pattern.test(line)) found.abort()
  }
  const argv = ['journalctl', '--follow', '--boot', '--lines=all', '--output=cat', `--unit=${unit}`]
  await guest.follow(argv, look, AbortSignal.any([signal, found.signal]))
  signal.throwIfAborted()
  assert.ok(found.signal.aborted, `the log of ${unit} tells of ${pattern.source}`)
}
