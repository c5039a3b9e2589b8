import type { Exec } from '../engine/action.ts'
import type { Warning } from '../engine/decision.ts'
import { telling } from '../engine/told.ts'

/** Of names on the bare mount point: a reason that goes with the mount. */
export function hides(names: readonly string[]): readonly string[] {
  if (names.length === 0) return []
  return [
    `the mount hides what the bare directory holds: ${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''}`,
  ]
}

/** What mounts, with a word about what it hides: no later run sees that. */
export function tellOfHidden(mount: Exec, mountPoint: string, names: readonly string[]): Exec {
  const warnings = hides(names).map(
    (reason): Warning => ({ code: 'MOUNT_HIDES_FILES', text: `${mountPoint}: ${reason}` }),
  )
  return telling(mount, warnings)
}
