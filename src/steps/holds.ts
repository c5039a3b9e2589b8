import type { Action, Remove } from '../engine/action.ts'
import type { Host } from '../engine/host.ts'
import type { UnitRule } from '../engine/step.ts'

const system = '/etc/systemd/system'

/** A rule that does not stand. */
export interface Missing {
  readonly rule: UnitRule
  /** What is in the file instead. */
  readonly was: string | undefined
}

/**
 * While this file is there, systemd does not start the unit: neither for its package, which would have it started as soon
 * as it is installed, nor at a boot after a power cut. Its step takes the file away once the unit is configured. Where
 * all that is ours is gone, as when the agent was removed, nothing is held.
 */
export function holdPath(unit: string): string {
  return `/var/lib/slurm-node-agent/held/${unit}`
}

/** Holds the unit; and others with it, as systemd starts what a unit requires even where it skips the unit itself. */
export function held(unit: string, ...others: readonly string[]): readonly UnitRule[] {
  const content = `# Made by slurm-node-agent.\n[Unit]\nConditionPathExists=!${holdPath(unit)}\n`
  return [
    { is: 'file', unit, path: holdPath(unit), content: '' },
    ...[unit, ...others].map(
      (one) => ({ is: 'file', unit: one, path: `${system}/${one}.d/slurm-node-agent-hold.conf`, content }) as const,
    ),
  ]
}

export function letGo(unit: string): Remove {
  return { do: 'remove', path: holdPath(unit), because: `${unit} was held from starting before it was configured` }
}

/** A unit that is there already runs, or is somebody's to start: to it, the rules come too late. */
export async function missingRules(rules: readonly UnitRule[], host: Host): Promise<readonly Missing[]> {
  const toCome = await Promise.all(rules.map(async (rule) => ((await isThere(rule.unit, host)) ? [] : [rule])))
  return await unmetRules(toCome.flat(), host)
}

/** The same, of units that may be there. */
export async function unmetRules(rules: readonly UnitRule[], host: Host): Promise<readonly Missing[]> {
  return (await Promise.all(rules.map((rule) => missingRule(rule, host)))).flat()
}

export function toPut({ rule, was }: Missing): Action {
  const because = 'no unit of a package is to start before it is configured'
  return rule.is === 'masked'
    ? { do: 'symlink', path: `${system}/${rule.unit}`, target: '/dev/null', because }
    : { do: 'write', path: rule.path, content: rule.content, was, mode: 0o644, because }
}

async function isThere(unit: string, host: Host): Promise<boolean> {
  return (await host.stat(`/lib/systemd/system/${unit}`)) !== undefined
}

async function missingRule(rule: UnitRule, host: Host): Promise<readonly Missing[]> {
  if (rule.is === 'masked') {
    // Something there is a mask already, or a unit of somebody else's.
    return (await host.stat(`${system}/${rule.unit}`)) === undefined ? [{ rule, was: undefined }] : []
  }
  const was = await host.read(rule.path)
  return was === rule.content ? [] : [{ rule, was }]
}
