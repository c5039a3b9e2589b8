import { parseConfig, problemLine } from '../src/config/parse.ts'
import type { Config } from '../src/config/schema.ts'
import { ConfigError } from './config-error.ts'
import { read } from './host/files.ts'

export const defaultConfigPath = '/etc/slurm-node-agent/config.json'

export async function loadConfig(path: string): Promise<Config> {
  const text = await read(path).catch((error: unknown) => {
    throw new ConfigError(`${path} cannot be read`, { cause: error })
  })
  if (text === undefined) throw new ConfigError(`${path} is missing; write it, or name another with --config`)
  const parsed = parseConfig(text)
  if (parsed.is === 'good') return parsed.config
  const lines = parsed.problems.map((problem) => `  ${problemLine(problem)}`)
  const count = lines.length === 1 ? '1 problem' : `${lines.length} problems`
  throw new ConfigError([`${path} has ${count}; nothing was changed; correct and try again:`, ...lines].join('\n'))
}
