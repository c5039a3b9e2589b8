import type { ActionOutcome } from '../engine/action.ts'
import type { Consent } from '../formats/disk-consent.ts'
import type { Findings } from './disk-findings.ts'
import type { Refusal } from './refusal.ts'

/**
 * The refusal of what is on a disk, with the one way past it. `given`: a consent to something else that was found on the
 * volume before.
 */
export function withOffer(
  refused: Refusal,
  volumeId: string,
  findings: Findings,
  given: Consent | undefined,
  past: readonly ActionOutcome[],
): Refusal {
  if (findings.is === 'unknown') {
    const why = `it cannot be consented to lose what is on it, as that could not be read: ${findings.because}`
    return { ...refused, hint: `${refused.hint}; ${why}` }
  }
  const { hash } = findings
  const command = `slurm-node-agent disk consent ${volumeId} --findings ${hash}`
  const offer = `if nothing on it is needed any more, ${command} has the next apply erase and format it`
  return { ...refused, hint: [refused.hint, offer, ...aboutBefore(given, past)].join('; '), findings: hash }
}

/** Why a consent that was given does not count, or no longer. */
function aboutBefore(given: Consent | undefined, past: readonly ActionOutcome[]): readonly string[] {
  const used = past.findLast(({ action }) => action.do === 'format' && action.consentedFindings !== undefined)
  if (used?.is === 'failed') return [`the consent that was given is used up by a format that failed: ${used.error}`]
  if (given === undefined) return []
  return [
    `the consent that ${given.by} gave is for other findings, ${given.findings}: the disk has changed, or the machine was restarted`,
  ]
}
