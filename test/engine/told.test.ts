import { describe, expect, test } from 'vitest'
import { act, converged, isConverged, isRefused, refuse, run, wait } from './looks.ts'
import { playOne } from './play.ts'

const warnings = [{ code: 'MOUNT_HIDES_FILES', text: '/mnt/work: a, b' }] as const
const hiding = { ...run('hide'), warnings }

describe('what an action tells once it is done', () => {
  test('is told of by a step that converges, after what holds still', async () => {
    const missing = [{ code: 'PACKAGE_FAILED', text: 'emacs: no candidate' }] as const
    const { result } = await playOne({ looks: [act(hiding), { ...converged, warnings: missing }] })
    expect(result).toEqual({ ...isConverged, warnings: [...missing, ...warnings] })
  })

  test('is not lost where the step fails at its deadline', async () => {
    const { result } = await playOne({ looks: [act(hiding), wait], deadlineMs: 10_000 })
    expect(result).toEqual({ is: 'failed', code: 'EFS_PORT_CLOSED', because: '10.0.0.9:2049 to answer', warnings })
  })

  test('is not lost where the deadline passes in the middle of it', async () => {
    const { result } = await playOne(
      { looks: [act({ ...run('long'), uninterruptible: true }), act(hiding), wait], deadlineMs: 10_000 },
      { deeds: { long: { tookMs: 11_000 } } },
    )
    expect(result).toEqual({ is: 'failed', code: 'EFS_PORT_CLOSED', because: '10.0.0.9:2049 to answer', warnings })
  })

  test('is not lost where a person must decide', async () => {
    expect((await playOne({ looks: [act(hiding), refuse] })).result).toEqual({ ...isRefused, warnings })
  })

  test('is not lost where the run is stopped', async () => {
    const { result } = await playOne({ looks: [act(hiding), wait] }, { stopAtMs: 5_000 })
    expect(result).toEqual({ is: 'interrupted', warnings })
  })

  test.each(['failed', 'stale'] as const)('is not told where it is %s', async (end) => {
    const { result } = await playOne({ looks: [act(hiding), converged] }, { deeds: { hide: { ends: [end] } } })
    expect(result).toEqual(isConverged)
  })

  test('is told once where it was done twice', async () => {
    const { result } = await playOne({ looks: [act(hiding), act(hiding, run('more')), converged] })
    expect(result).toEqual({ ...isConverged, warnings })
  })
})
