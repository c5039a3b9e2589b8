import { stillRunning } from './blame.ts'
import type { RunState } from './run-state.ts'
import { style } from './style.ts'
import { renderHead, spanOf } from './table.ts'
import { criticalChain, durationMs, type Timed, timedSteps, waitedMs } from './timing.ts'
import { cutTo } from './width.ts'

/** The steps that made the run end when it did, as `systemd-analyze critical-chain` prints units: the last one on top. */
export function renderCriticalChain(run: RunState, now: Date, columns: number): readonly string[] {
  const chain = criticalChain(timedSteps(run, now))
  return [
    renderHead(run, now, columns),
    ...stillRunning(run, columns),
    cutTo(columns, 'When a step began stands behind "@", how long it took behind "+".'),
    '',
    ...chain.map((timed, depth) => renderLink(timed, depth, columns)),
  ]
}

function renderLink(timed: Timed, depth: number, columns: number): string {
  const { id, state } = timed.step
  const branch = depth === 0 ? '' : `${'  '.repeat(depth - 1)}└─`
  const waited = timed.waits.length === 0 ? '' : `, of it ${spanOf(waitedMs(timed))} waiting`
  const line = cutTo(columns, `${branch}${id} @${spanOf(timed.startMs)} +${spanOf(durationMs(timed))}${waited}`)
  const end = branch.length + id.length
  return `${line.slice(0, branch.length)}${style(state, line.slice(branch.length, end))}${line.slice(end)}`
}
