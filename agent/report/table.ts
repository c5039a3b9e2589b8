import type { RunState, StepState } from './run-state.ts'
import { style } from './style.ts'
import { wayToExplain } from './way-to-explain.ts'
import { cutTo } from './width.ts'

/** The run at a glance: a line a step, no line wider than `columns`. Without a width nothing is cut. */
export function renderRun(run: RunState, now: Date, columns: number): readonly string[] {
  const times = run.steps.map((step) => timeOf(step, now))
  const widths = { id: widest(run.steps.map((step) => step.id)), time: widest(times) }
  const lines = run.steps.map((step, index) => renderStep(step, times[index] ?? '', widths, columns))
  return [renderHead(run, now, columns), '', ...lines]
}

/** What a person must know of the steps that did not go well: whole, with the hint, and last where to read on. */
export function renderTroubles(run: RunState): readonly string[] {
  const shown = run.steps.flatMap(({ warnings = [], code }) => [...warnings.map((warning) => warning.code), code])
  return [...run.steps.flatMap(renderTrouble), ...wayToExplain(shown.filter((code) => code !== undefined))]
}

function renderTrouble({ id, warnings = [], code, reason = '', hint }: StepState): readonly string[] {
  return [
    ...warnings.map((warning) => `${id}: ${warning.code}: ${warning.text}`),
    ...(code === undefined ? [] : [`${id}: ${code}: ${reason}`]),
    ...(hint === undefined ? [] : [`  -> ${hint}`]),
  ]
}

/** What ran, when, and how it ended. */
export function renderHead(run: RunState, now: Date, columns: number): string {
  const span = duration(run.startedAt, run.endedAt, now)
  const verb = run.outcome === 'running' ? `running for ${span}` : `${run.outcome} after ${span}`
  const head = `${run.command} of ${run.startedAt.slice(0, 19).replace('T', ' ')} UTC: `
  const line = cutTo(columns, `${head}${verb}`)
  return `${line.slice(0, head.length)}${style(run.outcome, line.slice(head.length))}`
}

function renderStep(
  step: StepState,
  time: string,
  widths: { readonly id: number; readonly time: number },
  columns: number,
): string {
  const head = `${marks[step.state]} ${step.id.padEnd(widths.id)}  ${step.state.padEnd(11)} ${time.padStart(widths.time)}`
  const reason = [step.code, step.reason].filter((part) => part !== undefined).join(': ')
  const line = cutTo(columns, `${head}  ${reason.replaceAll(/\s+/g, ' ')}`.trimEnd())
  return `${style(step.state, line.slice(0, head.length))}${line.slice(head.length)}`
}

/** While it waits, how long it still may is what one wants to know. */
function timeOf(step: StepState, now: Date): string {
  if (step.startedAt === undefined) return ''
  const span = duration(step.startedAt, step.endedAt, now)
  if (step.state !== 'waiting' || step.deadlineMs === undefined) return span
  return `${span}/${spanOf(step.deadlineMs)}`
}

function duration(startedAt: string, endedAt: string | undefined, now: Date): string {
  return spanOf((endedAt === undefined ? now : new Date(endedAt)).getTime() - new Date(startedAt).getTime())
}

/** `0.4s`, `12s`, `3m04s`, `1h00m`. */
export function spanOf(ms: number): string {
  const seconds = Math.max(0, ms) / 1000
  if (seconds < 9.95) return `${seconds.toFixed(1)}s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole}s`
  const minutes = Math.floor(whole / 60)
  if (minutes < 60) return `${minutes}m${String(whole % 60).padStart(2, '0')}s`
  return `${Math.floor(minutes / 60)}h${String(minutes % 60).padStart(2, '0')}m`
}

const marks: Readonly<Record<StepState['state'], string>> = {
  pending: '·',
  running: '▸',
  waiting: '◦',
  converged: '✓',
  degraded: '!',
  failed: '✗',
  refused: '✗',
  blocked: '-',
  interrupted: '-',
}

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map((text) => text.length))
}
