import { randomUUID } from 'node:crypto'
import type { Event, StepResult } from '../../src/engine/events.ts'
import { runSteps } from '../../src/engine/runner.ts'
import { stepsOf } from '../../src/steps/roles.ts'
import { defaultConfigPath, loadConfig } from '../config-file.ts'
import { exitCode } from '../exit-code.ts'
import { clock } from '../host/clock.ts'
import { host } from '../host/host.ts'
import { perform } from '../host/perform.ts'
import { processIdentity } from '../host/process-identity.ts'
import { acquireRunLock } from '../host/run-lock.ts'
import { openLog } from '../report/log.ts'
import { logMachine } from '../report/machine.ts'
import { outside } from '../report/outside.ts'
import { reporter } from '../report/reporter.ts'
import { outcomeOf } from '../report/run-state.ts'
import { version } from '../version.ts'
import { parseOptions } from './options.ts'
import { refuseUnlessRoot } from './root.ts'
import { UsageError } from './usage-error.ts'

export async function apply(args: readonly string[], signal: AbortSignal): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    only: { type: 'string', multiple: true },
    config: { type: 'string', default: defaultConfigPath },
  })
  refuseUnlessRoot('apply') // the configuration is root's to read
  const config = await loadConfig(values.config)
  const steps = stepsOf(config)
  // `--only efs munge-key` reads as one would say it: the rest of the line are steps too.
  const only = [...(values.only ?? []), ...positionals]
  refuseUnknown(
    only,
    steps.map((step) => step.id),
  )
  if (positionals.length > 0 && values.only === undefined) throw new UsageError(`unexpected argument ${positionals[0]}`)

  await using _lock = await acquireRunLock('apply')
  const runId = randomUUID()
  const log = openLog(runId, !process.stdout.isTTY)
  const report = await reporter(log)
  report.show({
    event: 'run-started',
    runId,
    command: 'apply',
    version,
    pid: process.pid,
    process: (await processIdentity(process.pid)) ?? '',
    steps: steps.map(({ id, title, after }) => ({ id, title, after })),
  })
  // What becomes of some steps says nothing of the instance.
  const witness = only.length === 0 ? outside(config, log, signal) : undefined
  const mayAct = (step: string) => only.length === 0 || only.includes(step)
  const ports = { host, perform, clock, random: Math.random, emit: (event: Event) => report.show(event) }
  const results = await runSteps(steps, mayAct, ports, signal)
  const asked = new Map([...results].filter(([step]) => mayAct(step)))
  const outcome = outcomeOf(asked.values())
  report.show({ event: 'run-ended', outcome, peakMemoryBytes: process.resourceUsage().maxRSS * 1024 })
  await witness?.end(results)
  await report.end()
  if (outcome === 'failed') await logMachine(log, signal)
  if (outcome === 'interrupted') throw new Error('interrupted; apply goes on from there', { cause: signal.reason })
  if (outcome === 'failed')
    throw new Error(`failed: ${troublesOf(asked)}; slurm-node-agent status and explain say more`)
  return exitCode[outcome]
}

/** The steps at which it failed, without those that only come after one of them. */
function troublesOf(results: ReadonlyMap<string, StepResult>): string {
  return [...results]
    .filter(([, result]) => result.is !== 'converged' && !(result.is === 'blocked' && results.has(result.by)))
    .map(([step, result]) => `${step} (${shortly(result)})`)
    .join(', ')
}

function shortly(result: StepResult): string {
  if (result.is === 'blocked') return `needs ${result.by}`
  return 'code' in result ? result.code : result.is
}

function refuseUnknown(only: readonly string[], known: readonly string[]): void {
  const unknown = only.find((step) => !known.includes(step))
  if (unknown !== undefined) throw new UsageError(`there is no step ${unknown}; the steps are ${known.join(', ')}`)
}
