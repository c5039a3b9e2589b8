import type { Incoherence } from './problem.ts'
import type { Config } from './schema.ts'

/** The options of EFS that only AWS's helper has. The first two are part of its TLS: certificates carry them. */
const byTls = ['iam', 'accessPoint'] as const
const ofHelper = [...byTls, 'utilsPackage'] as const

/** Whether nothing but AWS's helper can mount it so. */
export function needsHelper({ iam, accessPoint }: Config['efs']): boolean {
  return iam || accessPoint !== undefined
}

/** Which client has which option, and what mount.efs does not take together (mount.efs(8)). */
export function efsOptions({ efs }: Pick<Config, 'efs'>): readonly Incoherence[] {
  const problems: Incoherence[] = []
  const isGiven = (option: keyof Config['efs']) => efs[option] !== undefined && efs[option] !== false
  if (efs.client === 'stunnel' || efs.client === 'nfs') {
    const problem = `must not be given with the client "${efs.client}": it is for amazon-efs-utils alone`
    for (const option of ofHelper.filter(isGiven)) {
      problems.push({ path: `efs.${option}`, against: ['efs.client'], problem })
    }
  }
  if (!efs.tls && efs.client !== 'nfs') {
    for (const option of byTls.filter(isGiven)) {
      problems.push({ path: `efs.${option}`, against: ['efs.tls'], problem: 'must not be given without efs.tls' })
    }
  }
  if (efs.client === 'stunnel' && !efs.tls) {
    const problem = 'must not be false with the client "stunnel", which is TLS; "nfs" is without'
    problems.push({ path: 'efs.tls', against: ['efs.client'], problem })
  }
  if (efs.client === 'nfs' && efs.tls) {
    const problem = 'must not be true with the client "nfs", which is without; "stunnel" is TLS'
    problems.push({ path: 'efs.tls', against: ['efs.client'], problem })
  }
  return problems
}
