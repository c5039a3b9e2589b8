import { expect, test } from 'vitest'
import { countCpus } from '../../src/formats/cpu-list.ts'

test.each([
  ['0\n', 1],
  ['0-1\n', 2],
  ['0-3,8,10-11\n', 7],
  ['0-191\n', 192],
  ['', 0],
])('%j counts %d', (list, count) => {
  expect(countCpus(list)).toBe(count)
})
