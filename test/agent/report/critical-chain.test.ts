import { describe, expect, test } from 'vitest'
import { renderCriticalChain } from '../../../agent/report/critical-chain.ts'
import type { RunState } from '../../../agent/report/run-state.ts'
import { firstBoot, firstBootAt } from './first-boot.ts'
import { step } from './step-state.ts'

const later = new Date('2027-01-01T00:00:00Z')

describe('the critical chain', () => {
  test('of a first boot leads from the step that ended last back to the beginning', () => {
    expect(`\n${renderCriticalChain(firstBoot, later, 80).join('\n')}\n`).toBe(`
apply of 2026-11-23 12:00:07 UTC: converged after 2m40s
When a step began stands behind "@", how long it took behind "+".

slurmctld @2m36s +3.7s, of it 3.1s waiting
└─munge @2m35s +0.8s
  └─munge-key @2m34s +0.9s
    └─efs @1m36s +58s, of it 57s waiting
      └─packages @0.0s +1m36s, of it 18s waiting
`)
  })

  test('of a run that goes on ends with the step that has run the longest by now', () => {
    const { run, now } = firstBootAt(120)
    expect(`\n${renderCriticalChain(run, now, 80).join('\n')}\n`).toBe(`
apply of 2026-11-23 12:00:07 UTC: running for 2m00s
It still runs: the times are those up to now.
When a step began stands behind "@", how long it took behind "+".

efs @1m36s +24s, of it 24s waiting
└─packages @0.0s +1m36s, of it 18s waiting
`)
  })

  test('leaves out what was blocked, which took no time', () => {
    const at = (seconds: number) => new Date(Date.UTC(2026, 10, 23, 12, 0, 7 + seconds)).toISOString()
    const run: RunState = {
      ...firstBoot,
      outcome: 'failed',
      startedAt: at(0),
      endedAt: at(9),
      steps: [
        step('packages', 'failed', { startedAt: at(0), endedAt: at(8), after: [] }),
        step('efs', 'blocked', { endedAt: at(8), after: ['packages'] }),
        step('hostname', 'converged', { startedAt: at(0), endedAt: at(1), after: [] }),
      ],
    }
    expect(renderCriticalChain(run, later, 80).slice(3)).toEqual(['packages @0.0s +8.0s'])
  })

  test('of a run without steps is empty', () => {
    expect(renderCriticalChain({ ...firstBoot, steps: [] }, later, 80).slice(3)).toEqual([])
  })

  test.each([[0], [20], [40], [80]])('has no line wider than %d columns', (columns) => {
    const widths = renderCriticalChain(firstBoot, later, columns).map((line) => line.length)
    expect(Math.max(...widths)).toBeLessThanOrEqual(Math.max(columns, 1))
  })
})
