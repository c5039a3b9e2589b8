import type { Host, PackageState } from '../engine/host.ts'
import type { AnyStep } from '../engine/step.ts'
import { type Refusal, refusal } from './refusal.ts'

/** Whether something is left for `dpkg --configure --pending`. */
export function isUnfinished(states: ReadonlyMap<string, PackageState>, updates: readonly string[]): boolean {
  // By such a file, too, apt knows that dpkg was interrupted, and does nothing before it has been finished.
  return [...states.values()].some((state) => state.unfinished) || updates.some((name) => /^\d+$/.test(name))
}

/** The packages that are to be there, and are half unpacked; `dpkg --configure --pending` passes over them. */
export function cutOffUnpacking(states: ReadonlyMap<string, PackageState>): readonly string[] {
  return [...states].filter(([, { halfDone }]) => halfDone === 'unpacking').map(([name]) => name)
}

/**
 * The step, refusing at once where one of its packages could not be installed: why is in the result of `packages`. A
 * step that has nothing left to do has all that it needs, so that dpkg is asked only where there is trouble or work.
 */
export function needingPackages(step: AnyStep, packages: readonly string[]): AnyStep {
  return {
    ...step,
    async look(host, signal) {
      const [looked] = await Promise.allSettled([step.look(host, signal)])
      if (looked.status === 'fulfilled' && looked.value([]).is === 'converged') return looked.value
      signal.throwIfAborted()
      const lacking = await missingOf(packages, host, signal)
      if (lacking.length > 0) return () => refuse(lacking)
      if (looked.status === 'rejected') throw looked.reason
      return looked.value
    },
  }
}

async function missingOf(names: readonly string[], host: Host, signal: AbortSignal): Promise<readonly string[]> {
  if (names.length === 0) return []
  const states = await host.packages(signal)
  return names.filter((name) => states.get(name)?.installed !== true)
}

function refuse(lacking: readonly string[]): Refusal {
  return refusal(
    'PACKAGE_MISSING',
    `not installed: ${lacking.join(', ')}`,
    "apt's reason is with the step packages; mend it there and run apply again",
  )
}
