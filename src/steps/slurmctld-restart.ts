import type { FrontendConfig } from '../config/frontend-schema.ts'
import { daemonPlaces, isOnDataVolume } from '../config/places.ts'
import type { Decision } from '../engine/decision.ts'
import type { Host } from '../engine/host.ts'
import type { Step } from '../engine/step.ts'
import { accountingDatabase } from './accounting-database.ts'
import { dataVolume } from './data-volume.ts'
import { frontEnd } from './front-end.ts'
import { slurmConf } from './slurm-conf.ts'
import { slurmdbdTrouble } from './slurmdbd.ts'

/**
 * Why the next run would not start slurmctld again, were it stopped; empty where it would. Only that of the front end is
 * started, behind the disk of what it keeps, a slurm.conf that can be written and a slurmdbd that answers.
 */
export async function restartTrouble(config: FrontendConfig, host: Host, signal: AbortSignal): Promise<string> {
  const claim = frontEnd.decide(config, await frontEnd.observe(config, host, signal), [])
  if (claim.is !== 'converged') return `front-end: ${reasonOf(claim)}`
  const isOnVolume = daemonPlaces(config).some((place) => isOnDataVolume(place, config))
  const obstacle =
    (isOnVolume && (await obstacleBy(dataVolume))) ||
    (config.accounting.enabled && (await obstacleBy(accountingDatabase))) ||
    (await obstacleBy(slurmConf))
  if (obstacle) return obstacle
  const trouble = config.accounting.enabled ? await slurmdbdTrouble(host, signal) : ''
  return trouble === '' ? '' : `slurmdbd does not answer: ${trouble}`

  /** Empty for what the step has only to do. */
  async function obstacleBy<State>(step: Step<FrontendConfig, State>): Promise<string> {
    const decision = step.decide(config, await step.observe(config, host, signal), [])
    return decision.is === 'wait' || decision.is === 'refuse' ? `${step.id}: ${reasonOf(decision)}` : ''
  }
}

function reasonOf(decision: Exclude<Decision, { is: 'converged' }>): string {
  switch (decision.is) {
    case 'act':
      return decision.actions.map(({ because }) => because).join('; ')
    case 'wait':
      return `${decision.code}: ${decision.for}`
    case 'refuse':
      return `${decision.code}: ${decision.because}; ${decision.hint}`
  }
}
