import { describe, expect, test } from 'vitest'
import { toConverge } from '../../src/engine/decision.ts'
import { run } from './looks.ts'

describe('toConverge', () => {
  test('has converged with nothing left to do', () => {
    expect(toConverge('all is well', false, false)).toEqual({ is: 'converged', because: 'all is well' })
    expect(toConverge('all is well')).toEqual({ is: 'converged', because: 'all is well' })
  })

  test('keeps the order of what is needed', () => {
    expect(toConverge('all is well', run('a'), false, run('b'))).toEqual({ is: 'act', actions: [run('a'), run('b')] })
  })
})
