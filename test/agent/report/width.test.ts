import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { cutTo, wrapTo } from '../../../agent/report/width.ts'

const module = new URL('../../../agent/report/width.ts', import.meta.url).href
const program = `import { columnsOf } from ${JSON.stringify(module)}; process.stdout.write(String(columnsOf(process.stdout)))`

/** What the program is told of a terminal with that many columns. */
async function onTerminal(columns: number): Promise<string> {
  const node = `'${process.execPath}' --input-type=module --eval '${program}'`
  const { stdout } = await promisify(execFile)('script', ['-qec', `stty cols ${columns}; ${node}`, '/dev/null'])
  return stdout
}

describe('the width of the output', () => {
  test('is that of the terminal', async () => {
    expect(await onTerminal(132)).toBe('132')
  })

  test('is 80 where the terminal has no size', async () => {
    expect(await onTerminal(0)).toBe('80')
  })

  test('has no limit in a pipe', async () => {
    const argv = ['--input-type=module', '--eval', program]
    expect((await promisify(execFile)(process.execPath, argv)).stdout).toBe('Infinity')
  })
})

test.each([
  [6, 'abcdef', 'abcdef'],
  [5, 'abcdef', 'abcd…'],
  [1, 'abcdef', '…'],
  [0, 'abcdef', '…'],
  [Number.POSITIVE_INFINITY, 'abcdef', 'abcdef'],
])('cut to %d columns, %s is %s', (columns, line, cut) => {
  expect(cutTo(columns, line)).toBe(cut)
})

describe('a text that is wrapped', () => {
  const text = 'a bb ccc dddd eeeee'

  test.each([
    [19, ['a bb ccc dddd eeeee']],
    [18, ['a bb ccc dddd', 'eeeee']],
    [13, ['a bb ccc dddd', 'eeeee']],
    [12, ['a bb ccc', 'dddd eeeee']],
    [1, ['a', 'bb', 'ccc', 'dddd', 'eeeee']],
    [Number.POSITIVE_INFINITY, ['a bb ccc dddd eeeee']],
  ])('in %d columns has each word once, and no line that is wider but of one word', (columns, lines) => {
    expect(wrapTo(columns, text)).toEqual(lines)
  })

  test('has the indent before each line, as a part of its width', () => {
    expect(wrapTo(10, text, '  ')).toEqual(['  a bb ccc', '  dddd', '  eeeee'])
  })

  test('that is empty is an empty line', () => {
    expect(wrapTo(80, '')).toEqual([''])
  })
})
