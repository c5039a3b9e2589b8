import { type AnyCode, codes, type Kind } from '../../src/engine/codes.ts'
import { cutTo, wrapTo } from './width.ts'

/** How each kind is called, and what follows from a code of it. */
export const kinds = {
  wait: {
    one: 'A wait',
    all: 'Waits',
    follows: 'somebody else must move first; at its deadline the step fails with it',
  },
  refusal: { one: 'A refusal', all: 'Refusals', follows: 'a person must decide; the step goes no further' },
  warning: { one: 'A warning', all: 'Warnings', follows: 'the run goes on, and ends degraded, with exit code 3' },
  failure: {
    one: 'A failure',
    all: 'Failures',
    follows: 'the step tries again, and fails with it at its deadline',
  },
} as const satisfies Readonly<Record<Kind, object>>

const all = Object.entries(codes)
const widest = Math.max(...all.map(([code]) => code.length))

/** A line a code, no wider than `columns`, in a paragraph for each kind. */
export function renderCodes(columns: number): readonly string[] {
  return Object.entries(kinds).flatMap(([kind, { all: title, follows }], index) => [
    ...(index === 0 ? [] : ['']),
    cutTo(columns, `${title}: ${follows}.`),
    ...all
      .filter(([, code]) => code.kind === kind)
      .map(([name, { means }]) => cutTo(columns, `${name.padEnd(widest)}  ${means}`)),
  ])
}

/** What the code means, how it comes about and how to mend it, in lines no wider than `columns`. */
export function renderExplanation(code: AnyCode, columns: number): readonly string[] {
  const { kind, means, cause, mend } = codes[code]
  const { one, follows } = kinds[kind]
  return [
    code,
    ...wrapTo(columns, means, '  '),
    ...wrapTo(columns, `${one}: ${follows}.`, '  '),
    ...section('How it comes about', cause),
    ...section('How to mend it', mend),
  ]

  function section(title: string, text: string): readonly string[] {
    return ['', title, ...wrapTo(columns, text, '  ')]
  }
}
