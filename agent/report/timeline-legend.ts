import type { StepState } from './run-state.ts'
import { type Element, element } from './svg.ts'
import { colours, hatching, ink, outline } from './timeline-style.ts'

type Attributes = Readonly<Record<string, string | number>>

const entryWidth = 118

/** What the colours of these states mean, and the hatching and the outline. */
export function legend(states: readonly StepState['state'][], x: number, y: number): readonly Element[] {
  // A bar whose step waits just now is one of a step that runs, hatched.
  const shown = new Set(states.map((state) => (state === 'waiting' ? 'running' : state)))
  const entries: readonly (readonly [words: string, ...layers: readonly Attributes[]])[] = [
    ...[...shown].map((state) => [state, { fill: colours[state] }] as const),
    ['waiting', { fill: colours.pending }, { fill: `url(#${hatching.id})` }],
    ['critical chain', { fill: ink.paper }, outline],
  ]
  return entries.flatMap(([words, ...layers], index) => [
    ...layers.map((layer) => element('rect', { x: x + index * entryWidth, y, width: 22, height: 12, ...layer })),
    element('text', { x: x + index * entryWidth + 28, y: y + 10, fill: ink.weak }, words),
  ])
}
