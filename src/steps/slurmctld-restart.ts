import type { FrontendConfig } from '../config/frontend-schema.ts'
import type { Decision } from '../engine/decision.ts'
import type { Host } from '../engine/host.ts'
import { frontEnd } from './front-end.ts'
import { slurmConf } from './slurm-conf.ts'
import { slurmdbdTrouble } from './slurmdbd.ts'

/**
 * Why the next run would not start slurmctld again, were it stopped; empty where it would. Only that of the front end is
 * started, behind a slurm.conf that can be written and a slurmdbd that answers.
 */
export async function restartTrouble(config: FrontendConfig, host: Host, signal: AbortSignal): Promise<string> {
  const claim = frontEnd.decide(config, await frontEnd.observe(config, host, signal), [])
  if (claim.is !== 'converged') return `front-end: ${reasonOf(claim)}`
  const conf = slurmConf.decide(config, await slurmConf.observe(config, host, signal), [])
  if (conf.is === 'wait' || conf.is === 'refuse') return `slurm-conf: ${reasonOf(conf)}`
  const trouble = config.accounting.enabled ? await slurmdbdTrouble(host, signal) : ''
  return trouble === '' ? '' : `slurmdbd does not answer: ${trouble}`
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
