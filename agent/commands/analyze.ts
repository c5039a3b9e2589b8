import { exitCode } from '../exit-code.ts'
import { renderBlame } from '../report/blame.ts'
import { renderCriticalChain } from '../report/critical-chain.ts'
import type { RunState } from '../report/run-state.ts'
import { readState } from '../report/state-file.ts'
import { renderTimeline } from '../report/timeline.ts'
import { columnsOf } from '../report/width.ts'
import { parseOptions, refusePositionals } from './options.ts'
import { UsageError } from './usage-error.ts'

const views = {
  blame: renderBlame,
  'critical-chain': renderCriticalChain,
  plot: renderTimeline,
} as const satisfies Readonly<Record<string, (run: RunState, now: Date, columns: number) => readonly string[]>>

/** Where the time of the last run went, or of the running one up to now. */
export async function analyze(args: readonly string[]): Promise<number> {
  const [view, ...rest] = parseOptions(args, {}).positionals
  refusePositionals(rest)
  if (view === undefined || !isView(view)) {
    throw new UsageError(`analyze takes one of ${Object.keys(views).join(', ')}`)
  }
  const run = await readState()
  if (run === undefined) throw new Error('there was no run yet: slurm-node-agent apply')
  if (view === 'critical-chain' && run.steps.every(({ after }) => after === undefined)) {
    throw new Error(`the run of version ${run.version} does not tell what came after what; the next apply does`)
  }
  process.stdout.write(`${views[view](run, new Date(), columnsOf(process.stdout)).join('\n')}\n`)
  return exitCode.converged
}

function isView(name: string): name is keyof typeof views {
  return Object.hasOwn(views, name)
}
