import type { StepResult } from '../../src/engine/events.ts'
import { runSteps } from '../../src/engine/runner.ts'
import { stepsOf } from '../../src/steps/roles.ts'
import { defaultConfigPath, loadConfig } from '../config-file.ts'
import { exitCode } from '../exit-code.ts'
import { clock } from '../host/clock.ts'
import { host } from '../host/host.ts'
import { renderPlan } from '../report/plan.ts'
import { parseOptions, refusePositionals } from './options.ts'
import { refuseUnlessRoot } from './root.ts'

/** What apply would do, with nothing done: each step is looked at once. */
export async function plan(args: readonly string[], signal: AbortSignal): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    config: { type: 'string', default: defaultConfigPath },
    'detailed-exitcode': { type: 'boolean', default: false },
  })
  refusePositionals(positionals)
  refuseUnlessRoot('plan') // the configuration is root's to read
  const steps = stepsOf(await loadConfig(values.config))
  const ports = { host, perform: refuseToPerform, clock, random: Math.random, emit: () => undefined }
  const results = await runSteps(steps, () => false, ports, signal)
  process.stdout.write(`${renderPlan(results).join('\n')}\n`)
  return codeOf([...results.values()], values['detailed-exitcode'])
}

function codeOf(results: readonly StepResult[], detailed: boolean): number {
  if (results.some(isError)) return exitCode.failed
  if (!detailed || results.every(({ is }) => is === 'converged')) return exitCode.converged
  return exitCode.changes
}

/** What apply would not get past either. */
function isError(result: StepResult): boolean {
  return (
    result.is === 'failed' ||
    result.is === 'interrupted' ||
    (result.is === 'pending' && result.decision.is === 'refuse')
  )
}

function refuseToPerform(): never {
  throw new Error('a plan changes nothing')
}
