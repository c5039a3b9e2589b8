import * as z from 'zod/mini'
import { jsonIn } from './json.ts'

const consentDirectory = '/var/lib/slurm-node-agent/consent'

/** A person's yes to the loss of all that was found on a volume. */
export interface Consent {
  readonly volumeId: string
  /** The hash of what was found; it holds for nothing else. */
  readonly findings: string
  /** The user who gave it, behind sudo too. */
  readonly by: string
  /** ISO 8601. */
  readonly at: string
}

/** Where it is kept until the disk is formatted. */
export function consentPath(volumeId: string): string {
  return `${consentDirectory}/${volumeId}.json`
}

const consent = z.strictObject({ volumeId: z.string(), findings: z.string(), by: z.string(), at: z.string() })

export function printConsent({ volumeId, findings, by, at }: Consent): string {
  return `${JSON.stringify({ volumeId, findings, by, at }, null, 2)}\n`
}

/** The consent in the file; undefined where the text is none: then nobody has consented. */
export function parseConsent(text: string | undefined): Consent | undefined {
  return consent.safeParse(jsonIn(text)).data
}
