/** Time, as a port, so that tests need not wait. */
export interface Clock {
  /** Milliseconds since the epoch, never set back: chrony corrects the clock of a first boot while the run goes on. */
  now(): number
  /** Resolves after `ms`; rejects with the signal's reason when it is aborted first. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

/** Why a step's signal was aborted when its own time was up, as opposed to the whole run being stopped. */
export class DeadlinePassed extends Error {
  override readonly name = 'DeadlinePassed'
}

/**
 * A signal that is aborted when the parent is, or after `ms` with DeadlinePassed. Disposing ends the timer; a reason is
 * given for that as Node would make an error of each.
 */
export function withDeadline(clock: Clock, ms: number, parent: AbortSignal): { signal: AbortSignal } & Disposable {
  const expiry = new AbortController()
  const timer = new AbortController()
  clock.sleep(ms, timer.signal).then(
    () => expiry.abort(new DeadlinePassed(`not done within ${ms / 1000} s`)),
    () => undefined,
  )
  return { signal: AbortSignal.any([parent, expiry.signal]), [Symbol.dispose]: () => timer.abort('disposed') }
}

/**
 * The promise, or a rejection as soon as the signal is aborted: a read on a dead mount may never come back.
 * Whatever the promise still does after that is of no interest, its rejection neither.
 */
export async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = () => reject(signal.reason)
  if (signal.aborted) onAbort()
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    // Always raced, even when aborted already: a promise that nobody awaits would end the program when it rejects.
    return await Promise.race([aborted, promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
