import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import type { Event, StepResult } from '../../src/engine/events.ts'
import { runSteps } from '../../src/engine/runner.ts'
import type { AnyStep } from '../../src/engine/step.ts'
import { clock } from '../host/clock.ts'
import { host } from '../host/host.ts'
import { perform } from '../host/perform.ts'
import { processIdentity } from '../host/process-identity.ts'
import { openLog } from '../report/log.ts'
import { logMachine } from '../report/machine.ts'
import { reporter } from '../report/reporter.ts'
import { outcomeOf } from '../report/run-state.ts'
import { version } from '../version.ts'

interface Options {
  /** Steps for which it is false are only looked at; without it, all act. */
  readonly mayAct?: (step: string) => boolean
  /** Tells others of the run, as it begins and when it has ended. */
  readonly tell?: (log: Logger) => { end(results: ReadonlyMap<string, StepResult>): Promise<void> }
}

/**
 * One run of the steps, as the log, the state file, systemd and the terminal have it. Throws where it fails, or is
 * interrupted. The lock is the caller's.
 */
export async function runReported(
  command: string,
  steps: readonly AnyStep[],
  signal: AbortSignal,
  { mayAct = () => true, tell }: Options = {},
): Promise<'converged' | 'degraded'> {
  const runId = randomUUID()
  const log = openLog(runId, !process.stdout.isTTY)
  const report = await reporter(log)
  report.show({
    event: 'run-started',
    runId,
    command,
    version,
    pid: process.pid,
    process: (await processIdentity(process.pid)) ?? '',
    steps: steps.map(({ id, title, after }) => ({ id, title, after })),
  })
  const others = tell?.(log)
  const ports = { host, perform, clock, random: Math.random, emit: (event: Event) => report.show(event) }
  const results = await runSteps(steps, mayAct, ports, signal)
  const asked = new Map([...results].filter(([step]) => mayAct(step)))
  const outcome = outcomeOf(asked.values())
  report.show({ event: 'run-ended', outcome, peakMemoryBytes: process.resourceUsage().maxRSS * 1024 })
  await others?.end(results)
  await report.end()
  if (outcome === 'failed') await logMachine(log, signal)
  if (outcome === 'interrupted') throw new Error(`interrupted; ${command} goes on from there`, { cause: signal.reason })
  if (outcome === 'failed')
    throw new Error(`failed: ${troublesOf(asked)}; slurm-node-agent status and explain say more`)
  return outcome
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
