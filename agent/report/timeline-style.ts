import type { StepState } from './run-state.ts'
import { element } from './svg.ts'

export const ink = { strong: '#1f2933', weak: '#52606d', line: '#e4e7eb', paper: '#ffffff' } as const

export const colours: Readonly<Record<StepState['state'], string>> = {
  pending: '#9aa5b1',
  running: '#4c8dd6',
  waiting: '#4c8dd6',
  converged: '#4f9d69',
  degraded: '#d99a2b',
  failed: '#cf4b4b',
  refused: '#cf4b4b',
  blocked: '#9aa5b1',
  interrupted: '#9aa5b1',
}

/** What goes over the colour of a bar where the step waited. */
export const hatching = {
  id: 'waiting',
  ...element(
    'pattern',
    { id: 'waiting', width: 6, height: 6, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
    element('rect', { width: 4, height: 6, fill: ink.paper, 'fill-opacity': 0.7 }),
  ),
} as const

/** What goes around a bar of the critical chain. */
export const outline = { fill: 'none', stroke: ink.strong, 'stroke-width': 1.5 } as const
