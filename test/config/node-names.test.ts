import { expect, test } from 'vitest'
import { expandNodeNames, isRange } from '../../src/config/node-names.ts'

// As `scontrol show hostnames LIST` prints them.
test.each([
  ['job-1', ['job-1']],
  ['job-[1-4]', ['job-1', 'job-2', 'job-3', 'job-4']],
  ['job-[1-2,7],gpu,x[09-11]', ['job-1', 'job-2', 'job-7', 'gpu', 'x09', 'x10', 'x11']],
  ['a[3]', ['a3']],
  ['a[4-1]', undefined],
  ['a[1-65536]', expect.objectContaining({ length: 65_536 })],
  ['a[1-65536],b', undefined],
  ['a[1-65537]', undefined],
  [`a[1-${'9'.repeat(400)}]`, undefined],
  ['a[9007199254740992]', undefined],
])('%s', (list, names) => {
  expect(expandNodeNames(list)).toEqual(names)
})

test.each([
  ['job-1', false],
  ['job-[1-4]', true],
  ['job-[1]', true],
])('%s is a range: %s', (list, itIs) => {
  expect(isRange(list)).toBe(itIs)
})
