import type { Config } from '../config/schema.ts'
import type { Action } from '../engine/action.ts'
import { toConverge } from '../engine/decision.ts'
import type { Host } from '../engine/host.ts'
import type { Step, UnitRule } from '../engine/step.ts'

interface Seen {
  readonly rule: UnitRule
  /** In the place of the rule: the text of the drop-in; for a mask, of what kind is there. */
  readonly found: string | undefined
}

/**
 * What keeps units from starting before they are configured: their packages start them as soon as they are installed.
 * In files, so that it outlives a power cut, and without systemd, which has not read a unit that is not there yet. Where
 * the unit is there already, its own step has systemd read them (`toRun`).
 */
export function units(rulesOf: (config: Config) => readonly UnitRule[]): Step<Config, readonly Seen[]> {
  return {
    id: 'units',
    title: 'Unit files',
    after: [],
    deadlineMs: () => 60_000,

    observe: async (config, host) =>
      await Promise.all(rulesOf(config).map(async (rule) => ({ rule, found: await find(rule, host) }))),

    decide: (_config, seen) => toConverge('no unit starts before it is configured', ...seen.map(toPut)),
  }
}

function pathOf(rule: UnitRule): string {
  const path = `/etc/systemd/system/${rule.unit}`
  return rule.is === 'masked' ? path : `${path}.d/slurm-node-agent.conf`
}

async function find(rule: UnitRule, host: Host): Promise<string | undefined> {
  return rule.is === 'masked' ? (await host.stat(pathOf(rule)))?.kind : await host.read(pathOf(rule))
}

/** What stands in the place of a mask is a mask already, or a unit of somebody else's, which stays. */
function toPut({ rule, found }: Seen): Action | false {
  const { because } = rule
  const path = pathOf(rule)
  if (rule.is === 'masked') return found === undefined && { do: 'symlink', path, target: '/dev/null', because }
  const content = ['# Made by slurm-node-agent.', '[Unit]', ...rule.settings, ''].join('\n')
  return found !== content && { do: 'write', path, content, was: found, mode: 0o644, because }
}
