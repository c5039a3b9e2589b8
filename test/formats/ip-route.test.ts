import { describe, expect, test } from 'vitest'
import { parseRouteSource } from '../../src/formats/ip-route.ts'

describe('ip -json route get', () => {
  test('names the source address', () => {
    const captured =
      '[{"dst":"198.51.100.1","gateway":"10.0.0.1","dev":"ens5","prefsrc":"10.0.0.25","flags":[],"uid":0,"cache":[]}]\n'
    expect(parseRouteSource(captured)).toBe('10.0.0.25')
  })

  test.each([['[]'], ['[{}]'], ['[null]'], ['{}'], ['[{"prefsrc":7}]']])('names none: %s', (stdout) => {
    expect(parseRouteSource(stdout)).toBeUndefined()
  })
})
