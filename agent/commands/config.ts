import { describedSchema } from '../../src/config/described-schema.ts'
import { jsonSchema } from '../../src/config/schema.ts'
import { defaultConfigPath, loadConfig } from '../config-file.ts'
import { exitCode } from '../exit-code.ts'
import { parseOptions } from './options.ts'
import { UsageError } from './usage-error.ts'

export async function config(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, { config: { type: 'string', default: defaultConfigPath } })
  const [verb, ...rest] = positionals
  if (rest.length > 0) throw new UsageError(`unexpected argument ${rest[0]}`)
  switch (verb) {
    case 'check':
      await loadConfig(values.config)
      process.stdout.write(`${values.config} is good\n`)
      return exitCode.converged
    case 'show':
      process.stdout.write(`${JSON.stringify(await loadConfig(values.config), undefined, 2)}\n`)
      return exitCode.converged
    case 'schema':
      process.stdout.write(`${JSON.stringify(describedSchema(jsonSchema()), undefined, 2)}\n`)
      return exitCode.converged
    default:
      throw new UsageError('config takes one of check, schema and show')
  }
}
