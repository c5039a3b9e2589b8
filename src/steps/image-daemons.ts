import type { Step, UnitRule } from '../engine/step.ts'
import { type Refusal, refusal } from './refusal.ts'
import { type ServiceState, unitStates } from './service.ts'

type Daemon = Pick<ServiceState, 'unit' | 'active'>

/**
 * The daemons of the role, at rest, before anything is installed: where they are not, the machine may be that of a
 * cluster, whoever has made it one.
 */
export function imageDaemons(rules: readonly UnitRule[]): Step<unknown, readonly Daemon[]> {
  return {
    id: 'image-daemons',
    title: 'Daemons of a cluster',
    after: ['cloud-init'],
    deadlineMs: () => 60_000,
    observe: (_config, host, signal) => unitStates(daemonsOf(rules), host, signal),
    decide: (_config, daemons) =>
      refusalOfAwake(daemons) ?? { is: 'converged', because: 'no daemon of the role is at work' },
  }
}

export function daemonsOf(rules: readonly UnitRule[]): readonly string[] {
  return [...new Set(rules.filter(({ is }) => is === 'file').map(({ unit }) => unit))]
}

/** One that failed was started, too, and may be that of a cluster that is out of order. */
export function refusalOfAwake(daemons: readonly Daemon[]): Refusal | undefined {
  const awake = daemons.filter(({ active }) => active !== 'inactive')
  if (awake.length === 0) return undefined
  const units = awake.map(({ unit }) => unit).join(' ')
  return refusal(
    'IMAGE_UNIT_RUNS',
    `not at rest: ${awake.map(({ unit, active }) => `${unit} is ${active}`).join(', ')}`,
    `bake on an instance of no cluster; if this is one, systemctl disable --now ${units}, and systemctl reset-failed ${units}`,
  )
}
