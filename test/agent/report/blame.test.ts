import { describe, expect, test } from 'vitest'
import { renderBlame } from '../../../agent/report/blame.ts'
import type { RunState } from '../../../agent/report/run-state.ts'
import { firstBoot, firstBootAt } from './first-boot.ts'
import { step } from './step-state.ts'

const later = new Date('2027-01-01T00:00:00Z')

describe('blame', () => {
  test('of a first boot names the longest steps first, with what they waited for', () => {
    expect(`\n${renderBlame(firstBoot, later, 80).join('\n')}\n`).toBe(`
apply of 2026-11-23 12:00:07 UTC: converged after 2m40s

1m36s  packages     of it 18s waiting: APT_LOCKED
  58s  efs          of it 57s waiting: EFS_MOUNT_TARGET_CREATING 35s, EFS_NAME_…
  47s  data-volume  of it 44s waiting: DATA_VOLUME_NOT_ATTACHED 41s, DATA_VOLUM…
 3.7s  slurmctld    of it 3.1s waiting: SLURMCTLD_NOT_UP
 2.3s  nfs-export
 0.9s  munge-key
 0.9s  schedule
 0.8s  munge
 0.6s  slurm-conf
 0.6s  hostname
`)
  })

  test('of a run that goes on shows it up to now, and what has not begun', () => {
    const { run, now } = firstBootAt(120)
    expect(`\n${renderBlame(run, now, 80).join('\n')}\n`).toBe(`
apply of 2026-11-23 12:00:07 UTC: running for 2m00s
It still runs: the times are those up to now.

1m36s  packages     of it 18s waiting: APT_LOCKED
  47s  data-volume  of it 44s waiting: DATA_VOLUME_NOT_ATTACHED 41s, DATA_VOLUM…
  24s  efs          of it 24s waiting: EFS_MOUNT_TARGET_CREATING
 2.3s  nfs-export
 0.9s  schedule
 0.6s  hostname

not begun: munge-key, slurm-conf, munge, slurmctld
`)
  })

  test('of a run whose clock was set back meanwhile has no negative times', () => {
    const set = step('hostname', 'converged', {
      startedAt: '2026-11-23T11:00:00.000Z',
      endedAt: '2026-11-23T10:59:00.000Z',
      waits: [{ code: 'APT_LOCKED', startedAt: '2026-11-23T11:00:00.000Z', endedAt: '2026-11-23T10:00:00.000Z' }],
    })
    const run: RunState = { ...firstBoot, steps: [set] }
    expect(renderBlame(run, later, 80).slice(2)).toEqual(['0.0s  hostname  of it 0.0s waiting: APT_LOCKED'])
  })

  test.each([[0], [20], [50], [80]])('has no line wider than %d columns', (columns) => {
    const { run, now } = firstBootAt(120)
    const widths = renderBlame(run, now, columns).map((line) => line.length)
    expect(Math.max(...widths)).toBeLessThanOrEqual(Math.max(columns, 1))
  })
})
