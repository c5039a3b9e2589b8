import { describe, expect, test } from 'vitest'
import type { RunState, StepState } from '../../../agent/report/run-state.ts'
import { renderRun, renderTroubles, spanOf } from '../../../agent/report/table.ts'
import { step } from './step-state.ts'

const time = (seconds: number) => new Date(Date.UTC(2026, 10, 23, 12) + seconds * 1_000).toISOString()

const running: RunState = {
  runId: 'r1',
  command: 'apply',
  version: '0.1.0',
  pid: 42,
  process: 'boot 42 7',
  startedAt: time(0),
  outcome: 'running',
  steps: [
    step('packages', 'running', {
      startedAt: time(0),
      reason: 'apt-get install --yes build-essential git curl wget emacs docker.io',
    }),
    step('hostname', 'converged', { startedAt: time(0), endedAt: time(0.4), reason: 'frontend-server is 10.0.0.5' }),
    step('efs', 'waiting', {
      startedAt: time(1),
      deadlineMs: 900_000,
      code: 'EFS_MOUNT_TARGET_CREATING',
      reason: 'the mount target in use1-az1 is creating',
    }),
    step('data-volume', 'refused', {
      startedAt: time(1),
      endedAt: time(3),
      code: 'DISK_OTHER_FILE_SYSTEM',
      reason: '/dev/nvme2n1 holds xfs\nwith the label "old"',
      hint: 'look at it with wipefs --no-act /dev/nvme2n1',
    }),
    step('munge', 'pending'),
    step('nfs-export', 'blocked', { endedAt: time(3), reason: 'needs data-volume' }),
  ],
}

describe('a run in 80 columns', () => {
  const lines = renderRun(running, new Date(time(72)), 80)

  test('reads at a glance', () => {
    expect(`\n${lines.join('\n')}\n`).toBe(`
apply of 2026-11-23 12:00:00 UTC: running for 1m12s

▸ packages     running            1m12s  apt-get install --yes build-essential …
✓ hostname     converged           0.4s  frontend-server is 10.0.0.5
◦ efs          waiting     1m11s/15m00s  EFS_MOUNT_TARGET_CREATING: the mount t…
✗ data-volume  refused             2.0s  DISK_OTHER_FILE_SYSTEM: /dev/nvme2n1 h…
· munge        pending
- nfs-export   blocked                   needs data-volume
`)
  })

  test('has no line that is wider', () => {
    expect(lines.filter((line) => line.length > 80)).toEqual([])
  })
})

test.each([[0], [1], [20], [39], [50], [79], [200]])('no line is wider than %d columns', (columns) => {
  const widths = renderRun(running, new Date(time(72)), columns).map((line) => line.length)
  expect(Math.max(...widths)).toBeLessThanOrEqual(Math.max(columns, 1))
})

test('without a width nothing is cut, and all of a reason is on its line', () => {
  const lines = renderRun(running, new Date(time(72)), Number.POSITIVE_INFINITY)
  expect(lines).toContain(
    '✗ data-volume  refused             2.0s  DISK_OTHER_FILE_SYSTEM: /dev/nvme2n1 holds xfs with the label "old"',
  )
})

test('a run that is over says how it ended, and its times stand still', () => {
  const over: RunState = { ...running, outcome: 'degraded', endedAt: time(300), steps: [] }
  expect(renderRun(over, new Date(time(9_999)), 80)).toEqual([
    'apply of 2026-11-23 12:00:00 UTC: degraded after 5m00s',
    '',
  ])
})

describe('the troubles of a run', () => {
  const emacs = { code: 'PACKAGE_FAILED', text: 'emacs: no candidate' }
  const make = { code: 'PACKAGE_FAILED', text: 'make: no candidate' }

  test('are told whole, each with the next act', () => {
    const warned = step('packages', 'degraded', { warnings: [emacs] })
    expect(renderTroubles({ ...running, steps: [warned, ...running.steps.slice(1)] })).toEqual([
      'packages: PACKAGE_FAILED: emacs: no candidate',
      'efs: EFS_MOUNT_TARGET_CREATING: the mount target in use1-az1 is creating',
      'data-volume: DISK_OTHER_FILE_SYSTEM: /dev/nvme2n1 holds xfs\nwith the label "old"',
      '  -> look at it with wipefs --no-act /dev/nvme2n1',
      'slurm-node-agent explain CODE says more of each',
    ])
  })

  test.each<[string, readonly StepState[], string]>([
    [
      'one code',
      [step('efs', 'waiting', { code: 'EFS_PORT_CLOSED', reason: 'it is closed' })],
      'EFS_PORT_CLOSED says more',
    ],
    ['one warning', [step('packages', 'degraded', { warnings: [emacs] })], 'PACKAGE_FAILED says more'],
    ['one code twice', [step('packages', 'degraded', { warnings: [emacs, make] })], 'PACKAGE_FAILED says more'],
  ])('of %s end with where that is explained', (_what, steps, explained) => {
    expect(renderTroubles({ ...running, steps }).at(-1)).toBe(`slurm-node-agent explain ${explained}`)
  })

  test('are none where all is well', () => {
    expect(renderTroubles({ ...running, steps: running.steps.slice(0, 2) })).toEqual([])
  })
})

test.each([
  [-5_000, '0.0s'],
  [0, '0.0s'],
  [449, '0.4s'],
  [9_949, '9.9s'],
  [9_950, '10s'],
  [59_499, '59s'],
  [59_500, '1m00s'],
  [184_000, '3m04s'],
  [3_599_499, '59m59s'],
  [3_599_500, '1h00m'],
  [90_000_000, '25h00m'],
])('%d ms are %s', (ms, span) => {
  expect(spanOf(ms)).toBe(span)
})
