import type { Incoherence } from './problem.ts'
import type { Config } from './schema.ts'

/** The options of EFS that only AWS's helper has. */
const ofHelper = ['iam', 'accessPoint'] as const

/** Whether nothing but AWS's helper can mount it so. */
export function needsHelper({ iam, accessPoint }: Config['efs']): boolean {
  return iam || accessPoint !== undefined
}

/** Which client has which option, and what mount.efs does not take together (mount.efs(8)). */
export function efsOptions({ efs }: Pick<Config, 'efs'>): readonly Incoherence[] {
  const problems: Incoherence[] = []
  const given = ofHelper.filter((option) => efs[option] !== undefined && efs[option] !== false)
  for (const option of given) {
    const path = `efs.${option}`
    if (!mayBeHelper(efs.client)) {
      const problem = `must not be given with the client "${efs.client}": only amazon-efs-utils has it`
      problems.push({ path, against: ['efs.client'], problem })
    }
    if (!efs.tls) problems.push({ path, against: ['efs.tls'], problem: 'must not be given without efs.tls' })
  }
  if (efs.client === 'stunnel' && !efs.tls) {
    const problem = 'must not be false with the client "stunnel", which is TLS; "nfs" is without'
    problems.push({ path: 'efs.tls', against: ['efs.client'], problem })
  }
  return problems
}

function mayBeHelper(client: Config['efs']['client']): boolean {
  return client === 'auto' || client === 'efs-utils'
}
