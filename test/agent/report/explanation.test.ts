import { describe, expect, test } from 'vitest'
import { renderCodes, renderExplanation } from '../../../agent/report/explanation.ts'
import { type AnyCode, codes } from '../../../src/engine/codes.ts'

const isCode = (word: string): word is AnyCode => Object.hasOwn(codes, word)
const all = Object.keys(codes).filter(isCode)
const unlimited = Number.POSITIVE_INFINITY

describe('the list of codes', () => {
  const lines = renderCodes(unlimited)

  test('has each code once, at the beginning of a line, with what it means', () => {
    const listed = lines.map((line) => line.split(/ {2,}/)).filter(([code = '']) => isCode(code))
    expect(listed).toEqual(Object.entries(codes).map(([code, { means }]) => [code, means]))
  })

  test('has a paragraph for each kind, which says what follows from it', () => {
    const others = lines.filter((line) => !isCode(line.split(' ', 1)[0] ?? ''))
    expect(others).toEqual([
      'Waits: somebody else must move first; at its deadline the step fails with it.',
      '',
      'Refusals: a person must decide; the step goes no further.',
      '',
      'Warnings: the run goes on, and ends degraded, with exit code 3.',
      '',
      'Failures: the step tries again, and fails with it at its deadline.',
    ])
    expect(lines.indexOf('')).toBe(1 + all.filter((code) => codes[code].kind === 'wait').length)
  })

  test('fits into 80 columns as it is', () => {
    expect(renderCodes(80)).toEqual(lines)
  })

  test('is cut where there are fewer, a line a code still', () => {
    const narrow = renderCodes(40)
    expect(narrow.filter((line) => line.length > 40)).toEqual([])
    expect(narrow).toContain('EFS_PORT_CLOSED              The mount …')
    expect(narrow).toHaveLength(lines.length)
  })
})

describe('an explanation', () => {
  test('says what the code means, how it comes about and how to mend it', () => {
    const { means, cause, mend } = codes.DISK_IS_ROOT
    expect(renderExplanation('DISK_IS_ROOT', unlimited)).toEqual([
      'DISK_IS_ROOT',
      `  ${means}`,
      '  A refusal: a person must decide; the step goes no further.',
      '',
      'How it comes about',
      `  ${cause}`,
      '',
      'How to mend it',
      `  ${mend}`,
    ])
  })

  test.each([
    ['EFS_PORT_CLOSED', '  A wait: somebody else must move first; at its deadline the step fails with it.'],
    ['PACKAGE_FAILED', '  A warning: the run goes on, and ends degraded, with exit code 3.'],
    ['NOT_CONVERGING', '  A failure: the step tries again, and fails with it at its deadline.'],
  ] as const)('of %s says what kind it is', (code, kind) => {
    expect(renderExplanation(code, unlimited)[2]).toBe(kind)
  })

  test.each(all)('of %s is wrapped to the terminal, and loses nothing by it', (code) => {
    const wrapped = renderExplanation(code, 80)
    expect(wrapped.filter((line) => line.length > 80)).toEqual([])
    const words = (lines: readonly string[]) => lines.join(' ').split(/\s+/)
    expect(words(wrapped)).toEqual(words(renderExplanation(code, unlimited)))
  })
})
