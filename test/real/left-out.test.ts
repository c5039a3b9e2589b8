import { expect, test } from 'vitest'
import { leftOut } from './left-out.ts'

test.each(['', '0', 'false'])('tests that cannot be run are left out where CI is %j', (ci) => {
  expect(leftOut('the disk matrix is skipped', 'no loop device', ci)).toBe(true)
  expect(leftOut('the disk matrix is skipped', undefined, ci)).toBe(false)
})

test.each(['1', 'true'])('they fail where CI is %j, and say what is missing', (ci) => {
  expect(() => leftOut('the disk matrix is skipped', 'no loop device', ci)).toThrow(
    'the disk matrix is skipped, though CI is set: no loop device',
  )
  expect(leftOut('the disk matrix is skipped', undefined, ci)).toBe(false)
})
