import { describe, expect, test } from 'vitest'
import { type Wait, withoutWait, withWait } from '../../../agent/report/waits.ts'

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 23, 12, 0, seconds)).toISOString()
const wait = (code: string, from: number, to?: number): Wait => ({
  code,
  startedAt: at(from),
  ...(to === undefined ? {} : { endedAt: at(to) }),
})

describe('a step that begins to wait', () => {
  test.each<[string, readonly Wait[] | undefined, readonly Wait[]]>([
    ['for the first time', undefined, [wait('APT_LOCKED', 20)]],
    ['while it waits for the same', [wait('APT_LOCKED', 3)], [wait('APT_LOCKED', 3)]],
    ['while it waits for something else', [wait('EFS_STALE', 3)], [wait('EFS_STALE', 3, 20), wait('APT_LOCKED', 20)]],
    ['after a short try in vain', [wait('APT_LOCKED', 3, 12)], [wait('APT_LOCKED', 3)]],
    ['after it has worked for longer', [wait('APT_LOCKED', 3, 9)], [wait('APT_LOCKED', 3, 9), wait('APT_LOCKED', 20)]],
    [
      'for what it has waited for earlier',
      [wait('APT_LOCKED', 3, 9), wait('EFS_STALE', 9, 19)],
      [wait('APT_LOCKED', 3, 9), wait('EFS_STALE', 9, 19), wait('APT_LOCKED', 20)],
    ],
  ])('%s', (_when, waits, expected) => {
    expect(withWait(waits === undefined ? {} : { waits }, 'APT_LOCKED', at(20)).waits).toEqual(expected)
  })
})

describe('a step that waits no longer', () => {
  test('has the wait end then', () => {
    expect(withoutWait({ waits: [wait('EFS_STALE', 1, 2), wait('APT_LOCKED', 3)] }, at(20)).waits).toEqual([
      wait('EFS_STALE', 1, 2),
      wait('APT_LOCKED', 3, 20),
    ])
  })

  test.each([[{}], [{ waits: [] }], [{ waits: [wait('APT_LOCKED', 3, 9)] }]])('stays as it is: %j', (step) => {
    expect(withoutWait(step, at(20))).toBe(step)
  })
})
