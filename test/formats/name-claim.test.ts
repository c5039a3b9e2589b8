import { expect, test } from 'vitest'
import { instanceIn, parseClaim, printClaim } from '../../src/formats/name-claim.ts'

test.each([
  ['job-1.1', { name: 'job-1', number: 1 }],
  ['gpu01.120', { name: 'gpu01', number: 120 }],
])('%s is a claim, and is printed as it was', (file, claim) => {
  expect(parseClaim(file)).toEqual(claim)
  expect(printClaim(claim)).toBe(file)
})

test.each(['job-1', 'job-1.0', 'job-1.01', 'job-1.x', 'job-1.1.1', '.nfs0001', 'job-1.1 ', 'job-1.1234567890', '.1'])(
  '%s is no claim',
  (file) => {
    expect(parseClaim(file)).toBeUndefined()
  },
)

test.each([
  ['i-0123456789abcdef0', 'i-0123456789abcdef0'],
  ['i-01234567', 'i-01234567'],
  ['i-0123/../x', undefined],
  ['job-1', undefined],
  ['', undefined],
  [undefined, undefined],
])('a link to %s names the instance %s', (target, instance) => {
  expect(instanceIn(target)).toBe(instance)
})
