import { type Clock, orAborted } from '../../src/engine/clock.ts'

const bootedAtMs = Date.now() - uptimeMs()

/** Not by performance.now() and timers/promises, for which Node loads nine modules more. */
export const clock: Clock = {
  now: () => Math.round(bootedAtMs + uptimeMs()),
  async sleep(ms, signal) {
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, ms)
    try {
      await orAborted(promise, signal)
    } finally {
      clearTimeout(timer)
    }
  },
}

/** Of this machine, by a clock that nobody sets. */
function uptimeMs(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1e3 + nanoseconds / 1e6
}
