import { readFileSync } from 'node:fs'
import { uptime } from 'node:os'
import { expect, test } from 'vitest'
import { parseBootTime } from '../../src/formats/proc-stat.ts'

test('the boot time is what the kernel says', () => {
  const bootedAt = parseBootTime(readFileSync('/proc/stat', 'utf8'))
  expect(Math.abs((bootedAt ?? 0) - (Date.now() / 1000 - uptime()))).toBeLessThan(5)
})

test('without its line there is no boot time', () => {
  expect(parseBootTime('cpu  1 2 3\nbtime\n')).toBeUndefined()
})
