import { setTimeout as sleep } from 'node:timers/promises'

interface WaitOptions {
  readonly deadlineMs: number
  readonly everyMs?: number
  readonly signal: AbortSignal
}

/** What a look says: the awaited thing, or why it is not there yet. */
export type Look<T> = { readonly found: T } | { readonly missing: string }

/**
 * Looks until the thing is there. A look that throws ends the wait: a look says `missing` for what may still come.
 * The error at the deadline carries what the last look saw.
 */
export async function waitFor<T>(
  what: string,
  options: WaitOptions,
  look: (signal: AbortSignal) => Promise<Look<T>>,
): Promise<T> {
  const end = performance.now() + options.deadlineMs
  for (;;) {
    options.signal.throwIfAborted()
    const seen = await look(options.signal)
    if ('found' in seen) return seen.found
    if (performance.now() >= end) {
      throw new Error(`waited ${options.deadlineMs / 1000} s for ${what}; last seen: ${seen.missing}`)
    }
    await sleep(options.everyMs ?? 500, undefined, { signal: options.signal })
  }
}

/** Gives the work a signal that also comes at the deadline, and then says what took too long. */
export async function withDeadline<T>(
  what: string,
  deadlineMs: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new Error(`${what} took more than ${deadlineMs / 1000} s`)
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(late), deadlineMs)
  const either = AbortSignal.any([signal, controller.signal])
  const aborted = new Promise<never>((_resolve, reject) => {
    either.addEventListener('abort', () => reject(either.reason), { once: true })
  })
  try {
    return await Promise.race([work(either), aborted])
  } finally {
    clearTimeout(timer)
  }
}

export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal })
}
