import type { FrontendConfig } from '../../src/config/frontend-schema.ts'
import type { JobConfig } from '../../src/config/job-schema.ts'
import { parseConfig } from '../../src/config/parse.ts'

/** The configuration of the README with its defaults, and with other parts where they are given. */
export function configuration(parts: object = {}): FrontendConfig {
  const efs = { fileSystemId: 'fs-0123456789abcdef0' }
  const dataVolume = { volumeId: 'vol-0123456789abcdef0' }
  const parsed = parseConfig(JSON.stringify({ role: 'frontend', efs, dataVolume, ...parts }))
  if (parsed.is === 'bad') throw new Error(JSON.stringify(parsed.problems))
  if (parsed.config.role !== 'frontend') throw new Error(`the role is ${parsed.config.role}`)
  return parsed.config
}

/** That of a job server, likewise. */
export function jobConfiguration(parts: object = {}): JobConfig {
  const efs = { fileSystemId: 'fs-0123456789abcdef0' }
  const parsed = parseConfig(JSON.stringify({ role: 'job', hostname: 'job-1', efs, ...parts }))
  if (parsed.is === 'bad') throw new Error(JSON.stringify(parsed.problems))
  if (parsed.config.role !== 'job') throw new Error(`the role is ${parsed.config.role}`)
  return parsed.config
}
