import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { pauseMs } from '../../src/engine/backoff.ts'

const attempt = fc.nat({ max: 5_000 })
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

describe.each([
  ['wait', 500, 5_000],
  ['retry', 1_000, 30_000],
] as const)('the pause of a %s', (kind, firstMs, mostMs) => {
  test('begins with its first', () => expect(pauseMs(kind, 0, 0)).toBe(firstMs))

  test('is never shorter than half of the first, nor longer than the longest', () => {
    fc.assert(
      fc.property(attempt, random, (tries, chance) => {
        const pause = pauseMs(kind, tries, chance)
        expect(pause).toBeGreaterThanOrEqual(firstMs / 2)
        expect(pause).toBeLessThanOrEqual(mostMs)
        expect(pause).toBe(Math.round(pause))
      }),
    )
  })

  test('never shrinks from one try to the next, chance aside', () => {
    fc.assert(
      fc.property(attempt, random, (tries, chance) => {
        expect(pauseMs(kind, tries + 1, chance)).toBeGreaterThanOrEqual(pauseMs(kind, tries, chance))
      }),
    )
  })

  test('loses at most half of itself to chance', () => {
    fc.assert(
      fc.property(attempt, random, (tries, chance) => {
        const [full, shortened] = [pauseMs(kind, tries, 0), pauseMs(kind, tries, chance)]
        expect(shortened).toBeLessThanOrEqual(full)
        expect(shortened).toBeGreaterThanOrEqual(Math.floor(full / 2))
      }),
    )
  })
})
