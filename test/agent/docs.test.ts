import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { generatedDocs } from '../../scripts/docs/generated.ts'
import { literally, table } from '../../scripts/docs/markdown.ts'

const docs = new URL('../../docs/', import.meta.url)

describe('a document that is made from the program', () => {
  test.each(Object.entries(generatedDocs()))('%s is as npm run docs writes it', (name, text) => {
    expect(readFileSync(new URL(name, docs), 'utf8')).toBe(text)
  })

  test('shows text as it stands', () => {
    expect(literally('"*" in job-[1-4] of `a` <b> \\')).toBe('"\\*" in job-\\[1-4\\] of \\`a\\` \\<b> \\\\')
  })

  test('keeps a bar out of the bars of a table', () => {
    expect(table(['a', 'b'], [['x | y', '']])).toBe('| a      | b   |\n| ------ | --- |\n| x \\| y |     |')
  })
})
