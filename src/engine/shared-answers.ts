import { orAborted } from './clock.ts'
import type { Host } from './host.ts'
import type { Ports } from './run.ts'

/** What looks of a run have in common, as long as none of them has found anything to do. */
export interface SharedAnswers {
  /** The host for one look, and whether that has been told what may be another's answer, and some seconds old. */
  forLook(): { readonly host: Host; readonly areUsed: () => boolean }
  /** From now on each look asks for itself. */
  end(): void
}

/** How long an answer is good for others. */
const freshMs = 5_000

/**
 * dpkg is asked once, and systemd once about all of these units: who asks about ten waits hardly longer than for one, and
 * each question is a child. A question that comes to nothing is asked again by each look for itself.
 */
export function sharedAnswers(
  { host, clock }: Pick<Ports, 'host' | 'clock'>,
  units: readonly string[],
  stop: AbortSignal,
): SharedAnswers {
  const names = [...new Set(units)]
  const packagesAtOnce = once(() => host.packages(stop))
  const unitsAtOnce = once(() => host.units(names, stop))
  let isOver = false
  return {
    forLook() {
      let areUsed = false
      return {
        areUsed: () => areUsed,
        host: {
          ...host,
          packages: async (signal) => use(await packagesAtOnce(signal)) ?? (await host.packages(signal)),
          units: async (asked, signal) => {
            const areKnown = asked.every((name) => names.includes(name))
            const all = areKnown ? use(await unitsAtOnce(signal)) : undefined
            return all === undefined
              ? await host.units(asked, signal)
              : asked.map((name) => all[names.indexOf(name)] ?? {})
          },
        },
      }

      function use<T>(answer: T | undefined): T | undefined {
        if (answer !== undefined) areUsed = true
        return answer
      }
    },
    end,
  }

  function end(): void {
    isOver = true
  }

  function once<T>(ask: () => Promise<T>): (signal: AbortSignal) => Promise<T | undefined> {
    let first: { readonly atMs: number; readonly answer: Promise<T> } | undefined
    return async (signal) => {
      if (isOver) return undefined
      first ??= { atMs: clock.now(), answer: ask() }
      if (clock.now() - first.atMs > freshMs) return undefined
      try {
        return await orAborted(first.answer, signal)
      } catch {
        signal.throwIfAborted()
        end()
        return undefined
      }
    }
  }
}
