import { describe, expect, test } from 'vitest'
import { renderTimeline } from '../../../agent/report/timeline.ts'
import { firstBoot, firstBootAt } from './first-boot.ts'
import { step } from './step-state.ts'

const later = new Date('2027-01-01T00:00:00Z')

describe('the timeline', () => {
  test('of a first boot is this picture', async () => {
    await expect(`${renderTimeline(firstBoot, later).join('\n')}\n`).toMatchFileSnapshot(
      '../../fixtures/state/first-boot.svg',
    )
  })

  test('of a run that goes on says that it is shown up to now, and names what has not begun', () => {
    const { run, now } = firstBootAt(120)
    const picture = renderTimeline(run, now)
    expect(picture.filter((line) => /running for|up to now|>pending</.test(line)).map(wordsOf)).toEqual([
      'slurm-node-agent apply: running for 2m00s',
      'slurm-node-agent apply: running for 2m00s',
      `run ${run.runId} of 2026-11-23 12:00:07 UTC, version 0.1.0; it still runs, and is shown up to now`,
      'pending',
      'pending',
      'pending',
      'pending',
    ])
  })

  test('escapes what it quotes, and leaves out what XML cannot hold', () => {
    const quoted = step('efs', 'blocked', { reason: '<script>"a" & \u001b[31mb\ud800</script>' })
    const picture = renderTimeline({ ...firstBoot, steps: [quoted] }, later).join('\n')
    expect(picture).toContain('&lt;script&gt;&quot;a&quot; &amp; \ufffd[31mb\ufffd&lt;/script&gt;')
    expect(picture).not.toContain('script>')
  })

  test.each([
    [0, ['0.0s']],
    [3_000, ['0.0s', '1.0s', '2.0s', '3.0s']],
    [159_861, ['0.0s', '30s', '1m00s', '1m30s', '2m00s', '2m30s']],
    [3_600_000, ['0.0s', '10m00s', '20m00s', '30m00s', '40m00s', '50m00s', '1h00m']],
    [
      864_000_000,
      [
        '0.0s',
        '24h00m',
        '48h00m',
        '72h00m',
        '96h00m',
        '120h00m',
        '144h00m',
        '168h00m',
        '192h00m',
        '216h00m',
        '240h00m',
      ],
    ],
  ])('of a run of %d ms has these marks on its axis', (ms, marks) => {
    const endedAt = new Date(Date.parse(firstBoot.startedAt) + ms).toISOString()
    const picture = renderTimeline({ ...firstBoot, endedAt, steps: [] }, later)
    expect(picture.filter((line) => line.includes('text-anchor="middle"')).map(wordsOf)).toEqual(marks)
  })
})

function wordsOf(line: string): string {
  return line.replaceAll(/<[^>]*>/g, '').trim()
}
