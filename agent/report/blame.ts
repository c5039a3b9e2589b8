import type { RunState } from './run-state.ts'
import { style } from './style.ts'
import { renderHead, spanOf } from './table.ts'
import { durationMs, type Timed, timedSteps, waitedMs, waitsByCode } from './timing.ts'
import { cutTo } from './width.ts'

/** The steps by how long they took, the longest first, each with what of that it waited; no line wider than `columns`. */
export function renderBlame(run: RunState, now: Date, columns: number): readonly string[] {
  const steps = timedSteps(run, now).toSorted((one, other) => durationMs(other) - durationMs(one))
  const spans = steps.map((timed) => spanOf(durationMs(timed)))
  const widths = { span: widest(spans), id: widest(steps.map(({ step }) => step.id)) }
  return [
    renderHead(run, now, columns),
    ...stillRunning(run, columns),
    '',
    ...steps.map((timed, index) => renderStep(timed, spans[index] ?? '', widths, columns)),
    ...notBegun(run, columns),
  ]
}

function renderStep(
  timed: Timed,
  span: string,
  widths: { readonly span: number; readonly id: number },
  columns: number,
): string {
  const { id, state } = timed.step
  const head = `${span.padStart(widths.span)}  ${id.padEnd(widths.id)}`
  const line = cutTo(columns, [head, ...waitsOf(timed)].join('  ').trimEnd())
  return `${style(state, line.slice(0, head.length))}${line.slice(head.length)}`
}

function waitsOf(timed: Timed): readonly string[] {
  const waits = waitsByCode(timed)
  if (waits.length === 0) return []
  const codes = waits.length === 1 ? waits.map(([code]) => code) : waits.map(([code, ms]) => `${code} ${spanOf(ms)}`)
  return [`of it ${spanOf(waitedMs(timed))} waiting: ${codes.join(', ')}`]
}

function notBegun(run: RunState, columns: number): readonly string[] {
  const ids = run.steps.filter(({ startedAt }) => startedAt === undefined).map(({ id }) => id)
  return ids.length === 0 ? [] : ['', cutTo(columns, `not begun: ${ids.join(', ')}`)]
}

/** That the times are not the last word. */
export function stillRunning({ outcome }: RunState, columns: number): readonly string[] {
  return outcome === 'running' ? [cutTo(columns, 'It still runs: the times are those up to now.')] : []
}

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map((text) => text.length))
}
