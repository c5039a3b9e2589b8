import { parseConfig } from '../../src/config/parse.ts'
import type { Config } from '../../src/config/schema.ts'

/** By role, the least that a configuration must say. */
const examples: Readonly<Record<string, object>> = {
  frontend: {
    role: 'frontend',
    efs: { fileSystemId: 'fs-0123456789abcdef0' },
    dataVolume: { volumeId: 'vol-0123456789abcdef0' },
  },
  job: { role: 'job', hostname: 'job-1', efs: { fileSystemId: 'fs-0123456789abcdef0' } },
}

export function exampleOf(role: string): object {
  const example = examples[role]
  if (example === undefined) throw new Error(`the role ${role} has no example: add the least that it must say`)
  return example
}

/** The example with its defaults, and with more where that is given. */
export function exampleConfig(role: string, more: object = {}): Config {
  const parsed = parseConfig(JSON.stringify({ ...exampleOf(role), ...more }))
  if (parsed.is === 'good') return parsed.config
  throw new Error(`the example of the role ${role} is no good configuration: ${JSON.stringify(parsed.problems)}`)
}
