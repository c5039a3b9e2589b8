import type { Action } from '../engine/action.ts'
import type { UnitRule } from '../engine/step.ts'
import { withReload } from './service.ts'

/** What a daemon needs before it starts. */
export interface Tie {
  readonly unit: string
  /** Whatever is mounted at or above these. */
  readonly needed: readonly string[]
  /** Units that are started, and waited for. */
  readonly behind: readonly string[]
}

/** Where the drop-in is that ties a daemon to a mount. */
export function dropInPath(unit: string): string {
  return `/etc/systemd/system/${unit}.d/slurm-node-agent.conf`
}

/** The same before the package comes that brings the unit. */
export function dropInRule(tie: Tie): UnitRule {
  return { is: 'file', unit: tie.unit, path: dropInPath(tie.unit), content: print(tie) }
}

/** What it takes until the unit starts only with what it needs; nothing where that is so. */
export function toTie(tie: Tie, was: string | undefined, because: string): readonly Action[] {
  const content = print(tie)
  if (was === content) return []
  return withReload({ do: 'write', path: dropInPath(tie.unit), content, was, mode: 0o644, because })
}

function print({ needed, behind }: Tie): string {
  const units = behind.join(' ')
  const order = behind.length === 0 ? [] : [`Wants=${units}`, `After=${units}`]
  return ['# Made by slurm-node-agent.', '[Unit]', `RequiresMountsFor=${needed.join(' ')}`, ...order, ''].join('\n')
}
