import type { LockName } from './action.ts'
import { orAborted } from './clock.ts'

/**
 * Does `work` while it alone holds the named lock (none: at once). Undefined when the signal is aborted before its turn
 * comes; work that has begun is never given up.
 */
export type WithLock = <T>(
  name: LockName | undefined,
  signal: AbortSignal,
  work: () => Promise<T>,
) => Promise<T | undefined>

export function namedLocks(): WithLock {
  const tails = new Map<LockName, Promise<unknown>>()
  return async (name, signal, work) => {
    if (name === undefined) return signal.aborted ? undefined : await work()
    const before = tails.get(name) ?? Promise.resolve()
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    tails.set(
      name,
      before.then(() => released),
    )
    try {
      await orAborted(before, signal).catch(() => undefined) // aborted: said by the next line
      return signal.aborted ? undefined : await work()
    } finally {
      release()
    }
  }
}
