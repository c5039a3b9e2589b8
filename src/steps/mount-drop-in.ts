import type { Action } from '../engine/action.ts'
import type { UnitRule } from '../engine/step.ts'
import { systemctl } from './service.ts'

/** Where the drop-in is that ties a Slurm daemon to a mount. */
export function dropInPath(unit: string): string {
  return `/etc/systemd/system/${unit}.d/slurm-node-agent.conf`
}

/** The same before the package comes that brings the unit. */
export function dropInRule(unit: string, needed: string): UnitRule {
  return { is: 'file', unit, path: dropInPath(unit), content: print(needed) }
}

/** What it takes until the unit starts only with what is mounted at or above `needed`; nothing where that is so. */
export function toTie(unit: string, needed: string, was: string | undefined, because: string): readonly Action[] {
  const content = print(needed)
  if (was === content) return []
  return [
    { do: 'write', path: dropInPath(unit), content, was, mode: 0o644, because },
    systemctl('unit files changed', 'daemon-reload'),
  ]
}

function print(needed: string): string {
  return `# Made by slurm-node-agent.
[Unit]
RequiresMountsFor=${needed}
Wants=munge.service
After=munge.service
`
}
