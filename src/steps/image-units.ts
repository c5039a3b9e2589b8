import { type Decision, toConverge } from '../engine/decision.ts'
import type { Step, UnitRule } from '../engine/step.ts'
import { type Missing, toPut, unmetRules } from './holds.ts'
import { refusal } from './refusal.ts'
import { timer } from './schedule.ts'
import { type ServiceState, systemctl, unitStates } from './service.ts'

interface Seen {
  readonly timer: Pick<ServiceState, 'active' | 'enabled'> | undefined
  readonly running: readonly string[]
  readonly unmet: readonly Missing[]
}

/**
 * The daemons of the role, at rest and held, whoever has installed them: on an instance of the image, none starts before
 * its step has configured it. One that runs is not stopped: it may be that of a cluster.
 */
export function imageUnits(rules: readonly UnitRule[]): Step<unknown, Seen> {
  const daemons = [...new Set(rules.filter(({ is }) => is === 'file').map(({ unit }) => unit))]
  return {
    id: 'image-units',
    title: 'Units of the image',
    after: ['packages'],
    deadlineMs: () => 60_000,

    async observe(_config, host, signal) {
      const [[own, ...states], unmet] = await Promise.all([
        unitStates([timer, ...daemons], host, signal),
        unmetRules(rules, host),
      ])
      const running = states.filter(({ active }) => active === 'active' || active === 'activating')
      return { timer: own, running: running.map(({ unit }) => unit), unmet }
    },

    decide: (_config, seen) => decide(seen),
  }
}

function decide({ timer: own, running, unmet }: Seen): Decision {
  if (running.length > 0) {
    const hint = `bake on an instance of no cluster; if this is one, systemctl disable --now ${running.join(' ')}`
    return refusal('IMAGE_UNIT_RUNS', `at work: ${running.join(', ')}`, hint)
  }
  const startsAtBoot = own?.enabled === true || own?.active === 'active'
  return toConverge(
    'no daemon of the role runs, and each is held',
    ...unmet.map(toPut),
    // With the boot it would run the service before there is a configuration, and not again for minutes.
    startsAtBoot && systemctl('the user data of an instance starts it', 'disable', '--now', timer),
  )
}
