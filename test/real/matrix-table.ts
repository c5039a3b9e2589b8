import { codes } from '../../src/engine/codes.ts'
import { afterwards, type DiskState, type Expected, given, type StateGroup, titleOf } from './states/disk-state.ts'

/** Every state, a line each; `left` says, by title, why some could not be made here. */
export function stateTable(groups: readonly StateGroup[], left: ReadonlyMap<string, string>): string {
  const rows = groups.flatMap(({ title, states }) =>
    states.map((state) => {
      const lack = left.get(titleOf(state))
      const after = lack === undefined ? afterwards(state.expected) : `not run here: ${lack}`
      return [title, state.before, given(state), state.expected, after]
    }),
  )
  return aligned([['group', 'before', 'given', 'decision', 'afterwards'], ...rows])
    .map((cells) => cells.join('  ').trimEnd())
    .join('\n')
}

/** For README: what is decided of the states of each group, and of how many. */
export function summaryTable(groups: readonly StateGroup[]): string {
  const rows = groups.map(({ title, states }) => [title, String(states.length), decisionsOf(states)])
  const [head = [], ...body] = aligned([['the disk is', 'states', 'decision'], ...rows])
  const rule = head.map((cell) => '-'.repeat(cell.length))
  return [head, rule, ...body].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** How many states there are, and of how many causes: a variant has that of another state. */
export function countsOf(groups: readonly StateGroup[]): { readonly states: number; readonly causes: number } {
  const states = groups.flatMap((group) => group.states)
  return { states: states.length, causes: states.filter(({ variantOf }) => variantOf === undefined).length }
}

/** The most frequent first. */
function decisionsOf(states: readonly DiskState[]): string {
  const counts = [...Map.groupBy(states, ({ expected }) => expected)].map(
    ([expected, some]) => [expected, some.length] as const,
  )
  const sorted = counts.toSorted(([, one], [, other]) => other - one)
  return sorted.map(([expected, count]) => `${wordsFor(expected)}${counts.length > 1 ? ` (${count})` : ''}`).join(', ')
}

function wordsFor(expected: Expected): string {
  if (expected === 'format') return 'formatted, once'
  if (expected === 'mount') return 'mounted as it is'
  return codes[expected].kind === 'refusal' ? `\`${expected}\`` : `\`${expected}\`, at the deadline`
}

function aligned(rows: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)))
}
