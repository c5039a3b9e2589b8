import * as z from 'zod/mini'
import { type FrontendConfig, frontend } from './frontend-schema.ts'
import { type JobConfig, job } from './job-schema.ts'

/** The configuration with its defaults: what the steps of its role get. */
export type Config = FrontendConfig | JobConfig

/**
 * What such a file is to be held to: the role decides. Not a union, which would tell no more of a file with a wrong role
 * than just that.
 */
export function schemaFor(json: unknown): z.ZodMiniType<Config> {
  const isJob = typeof json === 'object' && json !== null && 'role' in json && json.role === 'job'
  return isJob ? job : frontend
}

/** For editors and for `config schema`: draft 2020-12, of what may be written. */
export function jsonSchema(): object {
  return z.toJSONSchema(z.discriminatedUnion('role', [frontend, job]), { io: 'input' })
}

/** The same for one role. */
export function jsonSchemaFor(json: unknown): object {
  return z.toJSONSchema(schemaFor(json), { io: 'input' })
}
