import { expect, test } from 'vitest'
import { parseMemTotal } from '../../src/formats/meminfo.ts'

test('the memory is read in MiB', () => {
  expect(parseMemTotal('MemTotal:        3977064 kB\nMemFree:          123456 kB\n')).toBe(3883)
})

test('a file that does not say it is no answer', () => {
  expect(() => parseMemTotal('')).toThrow('/proc/meminfo has no MemTotal')
})
