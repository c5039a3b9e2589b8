import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import { messageOf } from '../../src/engine/errors.ts'
import { UsageError } from './usage-error.ts'

/** The options of a command; what is not among them is a usage error. */
export function parseOptions<const Options extends ParseArgsOptionsConfig>(args: readonly string[], options: Options) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true })
  } catch (error) {
    throw new UsageError(messageOf(error), { cause: error })
  }
}

/** Throws unless there is nothing but options. */
export function refusePositionals(positionals: readonly string[]): void {
  const [first] = positionals
  if (first !== undefined) throw new UsageError(`unexpected argument ${first}`)
}
