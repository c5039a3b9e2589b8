import { type AnyCode, codes } from '../../src/engine/codes.ts'
import { nearestName } from '../../src/engine/nearest-name.ts'
import { exitCode } from '../exit-code.ts'
import { renderCodes, renderExplanation } from '../report/explanation.ts'
import { columnsOf } from '../report/width.ts'
import { parseOptions, refusePositionals } from './options.ts'
import { UsageError } from './usage-error.ts'

/** What a code means, how it comes about and how to mend it; without a code, all of them, a line each. */
export function explain(args: readonly string[]): number {
  const [written, ...rest] = parseOptions(args, {}).positionals
  refusePositionals(rest)
  const columns = columnsOf(process.stdout)
  const lines = written === undefined ? renderCodes(columns) : renderExplanation(codeNamed(written), columns)
  process.stdout.write(`${lines.join('\n')}\n`)
  return exitCode.converged
}

function codeNamed(written: string): AnyCode {
  const name = written.toUpperCase()
  if (isCode(name)) return name
  const nearest = nearestName(name, Object.keys(codes))?.name
  throw new UsageError(`there is no code ${written}; the nearest is ${nearest}, slurm-node-agent explain lists all`)
}

function isCode(name: string): name is AnyCode {
  return Object.hasOwn(codes, name)
}
