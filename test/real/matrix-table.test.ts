import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { countsOf, stateTable, withSafetyTable } from './matrix-table.ts'
import { titleOf } from './states/disk-state.ts'
import { elsewhere } from './states/elsewhere.ts'
import { groups } from './states/groups.ts'

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
const states = groups.flatMap((group) => group.states)
const titles = states.map(titleOf)

describe('the disk matrix', () => {
  test('is in README as npm run matrix writes it', () => {
    expect(withSafetyTable(readme, groups)).toBe(readme)
  })

  test('has more than seventy causes, each counted once', () => {
    expect(countsOf(groups).causes).toBeGreaterThan(70)
    for (const { variantOf } of states) expect([undefined, ...states.map(({ before }) => before)]).toContain(variantOf)
  })

  test('tells its states apart by their titles', () => {
    expect(titles).toEqual([...new Set(titles)])
  })

  test('formats what is blank, and what a run of ours was cut off from, alone', () => {
    const formatted = groups.filter((group) => group.states.some(({ expected }) => expected === 'format'))
    expect(formatted.map(({ title }) => title)).toEqual([
      'blank',
      'an ext4 that was cut off while it was made',
      'XFS, as configured',
      'mapped by device-mapper, md or bcache',
    ])
  })

  test('says of a state that could not be made why not', () => {
    const [title = ''] = titles
    const [, line, ...others] = stateTable(groups, new Map([[title, 'no disk']])).split('\n')
    expect(line).toMatch(/not run here: no disk$/)
    expect(others.filter((other) => other.includes('not run here'))).toHaveLength(elsewhere.length)
  })
})

test('a text without the marks is left alone', () => {
  expect(() => withSafetyTable('# a readme\n', groups)).toThrow('the marks')
})
