import * as z from 'zod/mini'
import type { FormatIntent } from '../engine/action.ts'
import { jsonIn } from './json.ts'

const intentDirectory = '/var/lib/slurm-node-agent/format'

/** Where the intent to format a volume is kept from before mkfs begins until something else than its leavings is seen. */
export function intentPath(volumeId: string): string {
  return `${intentDirectory}/${volumeId}.json`
}

const intent = z.strictObject({ volumeId: z.string(), instanceId: z.string(), uuid: z.uuid() })

export function printIntent({ volumeId, instanceId, uuid }: FormatIntent): string {
  return `${JSON.stringify({ volumeId, instanceId, uuid }, null, 2)}\n`
}

/** The intent in the file; undefined where the text is none: then nothing is proved by it. */
export function parseIntent(text: string | undefined): FormatIntent | undefined {
  return intent.safeParse(jsonIn(text)).data
}
