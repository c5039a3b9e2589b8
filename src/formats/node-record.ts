import * as z from 'zod/mini'
import { jsonIn } from './json.ts'
import type { NodeHardware } from './slurm-node.ts'

/** What a job server tells the cluster of itself, over the share. */
export interface NodeRecord {
  readonly name: string
  /** IPv4. */
  readonly address: string
  /** As slurmd finds it. */
  readonly hardware?: NodeHardware | undefined
}

/** What the front end tells the job servers: from where, and what, they mount. */
export interface FrontendRecord extends NodeRecord {
  /** The directory that it exports. */
  readonly exports: string
}

const named = { name: z.string().check(z.regex(/^[a-z0-9-]+$/)), address: z.ipv4() }
const count = z.int().check(z.positive())
const hardware = z.object({
  cpus: count,
  sockets: count,
  coresPerSocket: count,
  threadsPerCore: count,
  memoryMiB: count,
})
const nodeRecord = z.object({ ...named, hardware: z.optional(hardware) })
const frontendRecord = z.object({ ...named, exports: z.string().check(z.regex(/^(?:\/[A-Za-z0-9._-]+)+$/)) })

/** Undefined where the text is no such record: what it says goes into slurm.conf. */
export function parseNodeRecord(text: string): NodeRecord | undefined {
  return nodeRecord.safeParse(jsonIn(text)).data
}

/** Undefined where the text is no such record: what it says goes into fstab. */
export function parseFrontendRecord(text: string): FrontendRecord | undefined {
  return frontendRecord.safeParse(jsonIn(text)).data
}

export function printRecord(record: NodeRecord | FrontendRecord): string {
  return `${JSON.stringify(record, undefined, 2)}\n`
}
