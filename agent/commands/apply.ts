import type { Logger } from 'pino'
import { stepsOf } from '../../src/steps/roles.ts'
import { defaultConfigPath, loadConfig } from '../config-file.ts'
import { exitCode } from '../exit-code.ts'
import { acquireRunLock } from '../host/run-lock.ts'
import { outside, outsideOfBadConfig } from '../report/outside.ts'
import { parseOptions } from './options.ts'
import { refuseUnlessRoot } from './root.ts'
import { runReported } from './run.ts'
import { UsageError } from './usage-error.ts'

export async function apply(args: readonly string[], signal: AbortSignal): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    only: { type: 'string', multiple: true },
    config: { type: 'string', default: defaultConfigPath },
  })
  refuseUnlessRoot('apply') // the configuration is root's to read
  // `--only efs munge-key` reads as one would say it: the rest of the line are steps too.
  const only = [...(values.only ?? []), ...positionals]
  const config = await loadConfig(values.config).catch((error: unknown) => {
    if (only.length > 0) throw error
    return outsideOfBadConfig(values.config, error, signal)
  })
  const steps = stepsOf(config)
  refuseUnknown(
    only,
    steps.map((step) => step.id),
  )
  if (positionals.length > 0 && values.only === undefined) throw new UsageError(`unexpected argument ${positionals[0]}`)

  await using _lock = await acquireRunLock('apply')
  const outcome = await runReported('apply', steps, signal, {
    mayAct: (step) => only.length === 0 || only.includes(step),
    // What becomes of some steps says nothing of the instance.
    ...(only.length === 0 && { tell: (log: Logger) => outside(config, log, signal) }),
  })
  return exitCode[outcome]
}

function refuseUnknown(only: readonly string[], known: readonly string[]): void {
  const unknown = only.find((step) => !known.includes(step))
  if (unknown !== undefined) throw new UsageError(`there is no step ${unknown}; the steps are ${known.join(', ')}`)
}
