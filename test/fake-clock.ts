import { setImmediate as everythingThatCanHappenNow } from 'node:timers/promises'
import type { Clock } from '../src/engine/clock.ts'

/** Virtual time: it stands still while anything can still happen, then jumps to the next sleeper. */
export interface FakeClock extends Clock {
  /** Lets time pass until the work has settled; throws when it waits for something that never comes. */
  until<T>(work: Promise<T>): Promise<T>
  /** Lets time pass until nobody sleeps. */
  untilQuiet(): Promise<void>
}

interface Sleeper {
  readonly wakesAt: number
  wake(): void
}

export function fakeClock(): FakeClock {
  const sleepers = new Set<Sleeper>()
  let now = 0

  /** The earliest, and of several the one that went to sleep first, as with real timers. */
  function next(): Sleeper | undefined {
    let first: Sleeper | undefined
    for (const sleeper of sleepers) if (first === undefined || sleeper.wakesAt < first.wakesAt) first = sleeper
    return first
  }

  function wakeNext(): boolean {
    const sleeper = next()
    if (sleeper === undefined) return false
    sleepers.delete(sleeper)
    now = sleeper.wakesAt
    sleeper.wake()
    return true
  }

  return {
    now: () => now,

    async sleep(ms, signal) {
      signal.throwIfAborted()
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const sleeper = { wakesAt: now + ms, wake: resolve }
      const onAbort = () => {
        sleepers.delete(sleeper)
        reject(signal.reason)
      }
      sleepers.add(sleeper)
      signal.addEventListener('abort', onAbort, { once: true })
      await promise.finally(() => signal.removeEventListener('abort', onAbort))
    },

    async until(work) {
      let settled = false
      const end = work.finally(() => {
        settled = true
      })
      end.catch(() => undefined) // thrown below; without this it counts as unhandled until then
      for (;;) {
        await everythingThatCanHappenNow()
        if (settled) return await end
        if (!wakeNext()) throw new Error(`at ${now} ms nobody sleeps, and the work has not ended`)
      }
    },

    async untilQuiet() {
      do await everythingThatCanHappenNow()
      while (wakeNext())
    },
  }
}
