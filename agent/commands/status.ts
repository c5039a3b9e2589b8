import { setTimeout as sleep } from 'node:timers/promises'
import { exitCode } from '../exit-code.ts'
import { type LockHolder, runLockHolder } from '../host/run-lock.ts'
import type { RunState } from '../report/run-state.ts'
import { readState } from '../report/state-file.ts'
import { renderRun, renderTroubles } from '../report/table.ts'
import { terminal } from '../report/terminal.ts'
import { columnsOf } from '../report/width.ts'
import { parseOptions, refusePositionals } from './options.ts'

const pollMs = 500

/** The last run or the running one. With --wait it ends with the run, whose process ends or dies: it always ends. */
export async function status(args: readonly string[], signal: AbortSignal): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    json: { type: 'boolean', default: false },
    wait: { type: 'boolean', default: false },
  })
  refusePositionals(positionals)
  const isLive = values.wait && !values.json && process.stdout.isTTY
  const screen = isLive ? await terminal(process.stdout) : undefined
  const run = values.wait ? await endOfRun((state) => screen?.show(state), signal) : await readState()
  screen?.end()
  if (run === undefined) throw new Error('there was no run yet: slurm-node-agent apply')
  if (screen === undefined) print(run, values.json)
  return codeOf(run)
}

/**
 * A run that holds the lock and is not the one in the file has just begun. Should it end before it is in the file, the
 * one that is there says nothing of it.
 */
async function endOfRun(show: (run: RunState) => void, signal: AbortSignal): Promise<RunState | undefined> {
  let begun: LockHolder | undefined
  for (;;) {
    const holder = await runLockHolder()
    if (holder !== undefined && /^(?:apply|bake),/.test(holder.words)) begun = holder
    const run = await readState()
    if (run !== undefined) show(run)
    if (run?.outcome !== 'running' && (holder === undefined || holder.process === run?.process)) {
      if (begun === undefined || begun.process === run?.process) return run
      throw new Error(`a run ended and left no word of itself (${begun.words}): see journalctl -u slurm-node-agent`)
    }
    await sleep(pollMs, undefined, { signal })
  }
}

function print(run: RunState, json: boolean): void {
  const lines = json
    ? [JSON.stringify(run, undefined, 2)]
    : [...renderRun(run, new Date(), columnsOf(process.stdout)), ...renderTroubles(run)]
  process.stdout.write(`${lines.join('\n')}\n`)
}

/** A run that goes on is no failure. */
function codeOf({ outcome }: RunState): number {
  if (outcome === 'running' || outcome === 'converged') return exitCode.converged
  return outcome === 'degraded' ? exitCode.degraded : exitCode.failed
}
