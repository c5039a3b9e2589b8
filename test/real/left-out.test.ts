import { expect, test } from 'vitest'
import { leftOut } from './left-out.ts'

const what = 'the disk matrix is skipped'

test('tests that cannot be run are left out', () => {
  expect(leftOut(what, 'no loop device', undefined)).toBe(true)
  expect(leftOut(what, undefined, undefined)).toBe(false)
})

test('they fail where nothing is to be left out, and say what is missing', () => {
  expect(() => leftOut(what, 'no loop device', '1')).toThrow(`${what}, and nothing is to be left out: no loop device`)
  expect(leftOut(what, undefined, '1')).toBe(false)
})
