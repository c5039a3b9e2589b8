import type { RunState, StepState } from './run-state.ts'
import { type Element, element } from './svg.ts'
import { spanOf } from './table.ts'
import { legend } from './timeline-legend.ts'
import { colours, hatching, ink, outline } from './timeline-style.ts'
import { criticalChain, durationMs, type Timed, timedSteps, totalMs, waitedMs } from './timing.ts'

const width = 960
/** Right of the chart is room for what stands behind the longest bar. */
const chart = { left: 130, top: 70, width: 640, row: 26, bar: 16, baseline: 12 } as const
const mostTicks = 8
const tickSeconds = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 28_800] as const

/** The run as an SVG picture: a bar a step on one axis of time, hatched where the step waited. */
export function renderTimeline(run: RunState, now: Date): readonly string[] {
  const steps = timedSteps(run, now).toSorted((one, other) => one.startMs - other.startMs)
  const idle = run.steps.filter(({ startedAt }) => startedAt === undefined)
  const total = totalMs(run, now)
  const x = (ms: number) => chart.left + (ms / Math.max(total, 1)) * chart.width
  const y = (row: number) => chart.top + row * chart.row
  const bottom = y(run.steps.length)
  const height = bottom + 64
  const critical = new Set(criticalChain(steps).map(({ step }) => step.id))
  const title = `slurm-node-agent ${run.command}: ${outcomeOf(run)} ${spanOf(total)}`
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      'font-family': 'system-ui, sans-serif',
      'font-size': 12,
      fill: ink.strong,
    },
    element('title', {}, title),
    element('defs', {}, hatching),
    element('rect', { width, height, fill: ink.paper }),
    element('text', { x: 16, y: 28, 'font-size': 16, 'font-weight': 600 }, title),
    element('text', { x: 16, y: 48, fill: ink.weak }, subtitleOf(run)),
    ...ticksUpTo(total).flatMap((ms) => [
      element('line', { x1: x(ms), y1: chart.top - 6, x2: x(ms), y2: bottom, stroke: ink.line }),
      element('text', { x: x(ms), y: bottom + 14, fill: ink.weak, 'text-anchor': 'middle' }, spanOf(ms)),
    ]),
    ...steps.map((timed, row) => bar(timed, y(row), x, critical.has(timed.step.id))),
    ...idle.map((step, row) => words(step, y(steps.length + row))),
    ...legend(
      steps.map(({ step }) => step.state),
      chart.left,
      bottom + 32,
    ),
  ).lines
}

function outcomeOf({ outcome }: RunState): string {
  return outcome === 'running' ? 'running for' : `${outcome} after`
}

function subtitleOf({ runId, version, startedAt, outcome }: RunState): string {
  const upToNow = outcome === 'running' ? '; it still runs, and is shown up to now' : ''
  return `run ${runId} of ${startedAt.slice(0, 19).replace('T', ' ')} UTC, version ${version}${upToNow}`
}

/** Round times up to the end of the run. */
function ticksUpTo(total: number): readonly number[] {
  const stepMs = 1_000 * (tickSeconds.find((seconds) => total / 1_000 / seconds <= mostTicks) ?? 86_400)
  return Array.from({ length: Math.floor(total / stepMs) + 1 }, (_, tick) => tick * stepMs)
}

function bar(timed: Timed, y: number, x: (ms: number) => number, isCritical: boolean): Element {
  const { step, waits, endMs } = timed
  const box = (span: { readonly startMs: number; readonly endMs: number }) => ({
    x: x(span.startMs),
    y,
    width: Math.max(1, x(span.endMs) - x(span.startMs)),
    height: chart.bar,
  })
  const waited = waits.length === 0 ? '' : `, ${spanOf(waitedMs(timed))} waiting`
  return element(
    'g',
    {},
    element('title', {}, hintOf(step)),
    name(step, y, isCritical ? { 'font-weight': 600 } : {}),
    element('rect', { ...box(timed), fill: colours[step.state] }),
    ...waits.map((wait) => element('rect', { ...box(wait), fill: `url(#${hatching.id})` })),
    ...(isCritical ? [element('rect', { ...box(timed), ...outline })] : []),
    element(
      'text',
      { x: x(endMs) + 6, y: y + chart.baseline, fill: ink.weak },
      `${spanOf(durationMs(timed))}${waited}`,
    ),
  )
}

/** A step that has not begun. */
function words(step: StepState, y: number): Element {
  const said = [step.state, step.reason].filter((part) => part !== undefined).join(': ')
  return element(
    'g',
    {},
    element('title', {}, hintOf(step)),
    name(step, y, { fill: ink.weak }),
    element('text', { x: chart.left + 6, y: y + chart.baseline, fill: ink.weak }, said),
  )
}

function name({ id }: StepState, y: number, more: Readonly<Record<string, string | number>>): Element {
  return element('text', { x: chart.left - 10, y: y + chart.baseline, 'text-anchor': 'end', ...more }, id)
}

/** What the viewer shows at the pointer. */
function hintOf({ title, state, code, reason, waits = [] }: StepState): string {
  const said = [`${title}: ${state}`, code, reason].filter((part) => part !== undefined).join(': ')
  const codes = new Set(waits.map((wait) => wait.code))
  return codes.size === 0 ? said : `${said} (waited: ${[...codes].join(', ')})`
}
