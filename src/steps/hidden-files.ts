import type { Action, Exec, Obstacle } from '../engine/action.ts'
import type { Decision, Warning } from '../engine/decision.ts'
import { telling } from '../engine/told.ts'

/** Of names on the bare mount point: a reason that goes with the mount, or with the wait for it. */
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

/** The same word in whatever is waited for: it may be systemd that mounts in the end, at a boot, and no run sees it. */
export function tellInWaits(decision: Decision, names: readonly string[]): Decision {
  switch (decision.is) {
    case 'wait':
      return tellIn(decision, names)
    case 'act':
      return { is: 'act', actions: decision.actions.map((action) => tellInObstacle(action, names)) }
    case 'converged':
    case 'refuse':
      return decision
  }
}

function tellInObstacle(action: Action, names: readonly string[]): Action {
  return action.obstacle === undefined ? action : { ...action, obstacle: tellIn(action.obstacle, names) }
}

function tellIn<Met extends Obstacle>(met: Met, names: readonly string[]): Met {
  return { ...met, for: [met.for, ...hides(names)].join('; ') }
}
