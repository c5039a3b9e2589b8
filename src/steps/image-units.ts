import { type Decision, toConverge } from '../engine/decision.ts'
import type { Step, UnitRule } from '../engine/step.ts'
import { type Missing, toPut, unmetRules } from './holds.ts'
import { daemonsOf, refusalOfAwake } from './image-daemons.ts'
import { timer } from './schedule.ts'
import { type ServiceState, systemctl, unitStates } from './service.ts'

interface Seen {
  readonly timer: Pick<ServiceState, 'active' | 'enabled'> | undefined
  readonly daemons: readonly Pick<ServiceState, 'unit' | 'active'>[]
  readonly unmet: readonly Missing[]
}

/**
 * The daemons of the role, at rest and held, whoever has installed them: on an instance of the image, none starts before
 * its step has configured it. One that runs is not stopped: it may be that of a cluster.
 */
export function imageUnits(rules: readonly UnitRule[]): Step<unknown, Seen> {
  return {
    id: 'image-units',
    title: 'Units of the image',
    after: ['packages'],
    deadlineMs: () => 60_000,

    async observe(_config, host, signal) {
      const [[own, ...daemons], unmet] = await Promise.all([
        unitStates([timer, ...daemonsOf(rules)], host, signal),
        unmetRules(rules, host),
      ])
      return { timer: own, daemons, unmet }
    },

    decide: (_config, seen) => decide(seen),
  }
}

function decide({ timer: own, daemons, unmet }: Seen): Decision {
  const refused = refusalOfAwake(daemons)
  if (refused !== undefined) return refused
  const startsAtBoot = own?.enabled === true || own?.active === 'active'
  return toConverge(
    'no daemon of the role runs, and each is held',
    ...unmet.map(toPut),
    // With the boot it would run the service before there is a configuration, and not again for minutes.
    startsAtBoot && systemctl('the user data of an instance starts it', 'disable', '--now', timer),
  )
}
