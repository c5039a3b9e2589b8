import type { ActionOutcome } from '../engine/action.ts'
import { type Decision, type Warning, withWarnings } from '../engine/decision.ts'

const words = 'the mount hides what the bare directory holds'

/** Of names on the bare mount point: a reason that goes with the mount. */
export function hides(names: readonly string[]): readonly string[] {
  if (names.length === 0) return []
  return [`${words}: ${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''}`]
}

/** The decision with a word about what this run has hidden by its mount: the next one no longer sees it. */
export function tellOfHidden(decision: Decision, mountPoint: string, past: readonly ActionOutcome[]): Decision {
  const reasons = past.flatMap(({ is, action }) =>
    is === 'done' && action.do === 'exec' ? action.because.split('; ') : [],
  )
  const hidden = new Set(reasons.filter((reason) => reason.startsWith(words)))
  const warnings = [...hidden].map(
    (reason): Warning => ({ code: 'MOUNT_HIDES_FILES', text: `${mountPoint}: ${reason}` }),
  )
  return withWarnings(decision, ...warnings)
}
