import { parseConfig } from '../../src/config/parse.ts'
import type { Config } from '../../src/config/schema.ts'

/** The configuration of the README with its defaults, and with other parts where they are given. */
export function configuration(parts: object = {}): Config {
  const efs = { fileSystemId: 'fs-0123456789abcdef0' }
  const dataVolume = { volumeId: 'vol-0123456789abcdef0' }
  const parsed = parseConfig(JSON.stringify({ role: 'frontend', efs, dataVolume, ...parts }))
  if (parsed.is === 'bad') throw new Error(JSON.stringify(parsed.problems))
  return parsed.config
}
