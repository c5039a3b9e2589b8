import { codes } from '../../src/engine/codes.ts'
import { afterwards, type DiskState, type Expected, givenWith, type StateGroup, titleOf } from './states/disk-state.ts'
import { elsewhere } from './states/elsewhere.ts'

/** Every state, a line each; `left` says, by title, why some could not be made here. Some never can. */
export function stateTable(groups: readonly StateGroup[], left: ReadonlyMap<string, string>): string {
  const rows = groups.flatMap(({ title, states }) =>
    states.map((state) => {
      const lack = left.get(titleOf(state))
      const after = lack === undefined ? afterwards(state.expected) : `not run here: ${lack}`
      return [title, state.before, givenWith(state), state.expected, after]
    }),
  )
  const others = elsewhere.map(({ before, needs }) => ['elsewhere', before, '', '', `not run here: it needs ${needs}`])
  return aligned([['group', 'before', 'given', 'decision', 'afterwards'], ...rows, ...others])
    .map((cells) => cells.join('  ').trimEnd())
    .join('\n')
}

const marked = /(?<=<!-- made by npm run matrix -->\n)[^]*(?=<!-- until here -->\n)/

/** The text with what the matrix shows between its two marks. */
export function withSafetyTable(text: string, groups: readonly StateGroup[]): string {
  if (!marked.test(text)) throw new Error('the marks between which the table of the matrix belongs are not there')
  const { states, causes } = countsOf(groups)
  const head = `${states} states of ${causes} causes, each made on a real block device:`
  return text.replace(marked, `\n${head}\n\n${summaryTable(groups)}\n\n`)
}

/** What is decided of the states of each group, and of how many; the most frequent first. */
function summaryTable(groups: readonly StateGroup[]): string {
  const rows = groups.flatMap(({ title, states }) =>
    decisionsOf(states).map(([words, count], index) => [index === 0 ? title : '', words, String(count)]),
  )
  const [head = [], ...body] = aligned([['the disk is', 'decision', 'states'], ...rows])
  const rule = head.map((cell) => '-'.repeat(cell.length))
  return [head, rule, ...body].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function decisionsOf(states: readonly DiskState[]): readonly (readonly [string, number])[] {
  const byDecision = [...Map.groupBy(states, ({ expected }) => expected)]
  const counts = byDecision.map(([expected, some]) => [wordsFor(expected), some.length] as const)
  return counts.toSorted(([, one], [, other]) => other - one)
}

/** How many states there are, and of how many causes: a variant has that of another state. */
export function countsOf(groups: readonly StateGroup[]): { readonly states: number; readonly causes: number } {
  const states = groups.flatMap((group) => group.states)
  return { states: states.length, causes: states.filter(({ variantOf }) => variantOf === undefined).length }
}

function wordsFor(expected: Expected): string {
  if (expected === 'format') return 'formatted, once'
  if (expected === 'mount') return 'mounted as it is'
  const { kind } = codes[expected]
  if (kind === 'refusal') return `refused: \`${expected}\``
  return `${kind === 'wait' ? 'waited for' : 'looked at again'} until the deadline: \`${expected}\``
}

function aligned(rows: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)))
}
