import { describe, expect, test } from 'vitest'
import { codes } from '../../src/engine/codes.ts'

describe.each(Object.entries(codes))('%s', (code, { means, mend }) => {
  test('can be typed', () => expect(code).toMatch(/^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*$/))
  test('is explained in whole sentences', () => {
    for (const text of [means, mend]) expect(text).toMatch(/^[A-Za-z/].*[^.]\.$/)
  })
})
