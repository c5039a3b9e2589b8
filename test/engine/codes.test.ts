import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { type AnyCode, codes } from '../../src/engine/codes.ts'

const cwd = fileURLToPath(new URL('../..', import.meta.url))

/** What looks like a code among the strings of the files. */
function namesIn(
  pattern: string | readonly string[],
  looksLike: RegExp,
  exclude: readonly string[] = [],
): readonly string[] {
  const texts = globSync(pattern, { cwd, exclude }).map((file) => readFileSync(`${cwd}/${file}`, 'utf8'))
  return [...new Set(texts.flatMap((text) => [...text.matchAll(looksLike)].map(([, name = '']) => name)))]
}

/** But one that is only compared with. */
const said = /(?<![!=]==\s*)'([A-Z][A-Z0-9_]+)'/g
/** But one of a refusal that the test makes itself, to put it in. */
const expected = /(?<!refusal\(\s*)'([A-Z][A-Z0-9_]+)'/g

const program = namesIn(['src/**/*.ts', 'agent/report/outside.ts'], said, ['src/engine/codes.ts'])
/**
 * Where a code can only be what is expected: the tests of the steps put in what is seen of the machine, those of the
 * engine what steps say of it, and what becomes of that are the engine's own codes. That of a run that does not begin is
 * neither's.
 */
const tests = {
  steps: namesIn('test/steps/**/*.test.ts', expected),
  failures: namesIn(['test/engine/**/*.test.ts', 'test/agent/report/status-tag.test.ts'], expected, [
    'test/engine/codes.test.ts',
  ]),
}

const isCode = (name: string): name is AnyCode => Object.hasOwn(codes, name)

describe.each(Object.keys(codes).filter(isCode))('%s', (code) => {
  const { kind, means, cause, mend } = codes[code]

  test('can be typed', () => expect(code).toMatch(/^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*$/))
  test('is explained in whole sentences', () => {
    for (const text of [means, cause, mend]) {
      expect(text).toMatch(/^[A-Za-z/].*[^.]\.$/)
      expect(text).not.toMatch(/ {2}/)
    }
  })
  test('is said by the program', () => expect(program).toContain(code))
  test('is what a test expects of the program', () => {
    expect(kind === 'failure' ? tests.failures : tests.steps).toContain(code)
  })
})
