import assert from 'node:assert/strict'
import { waitForStepCode } from '../agent-status.ts'
import { assertSrun, JOB_SERVERS, launchCluster, waitForAll, waitForIdle } from '../example-cluster.ts'
import { timed } from '../print.ts'
import type { Scenario } from '../scenario.ts'
import { pause } from '../wait.ts'

const APART_MS = 120_000

export const anyOrder: Scenario = {
  name: 'any-order',
  title: 'a job server boots two minutes before the front end, another one two minutes after it: both run jobs',
  ci: { leftOut: 'it takes 8 minutes; CI has the cluster that boots at once' },
  images: ['baked', 'job'],
  async run({ lab }) {
    const { signal } = lab
    const { frontEnd, jobServers } = await launchCluster(lab, { jobServers: JOB_SERVERS })
    const [early, late] = jobServers
    assert.ok(early !== undefined && late !== undefined)

    await timed('a job server boots', () => early.guest.boot([early.root]))
    await timed('it waits for the key of the cluster', () =>
      waitForStepCode(early.guest, 'munge-key', 'MUNGE_KEY_NOT_PUBLISHED', { deadlineMs: 300_000, signal }),
    )
    await timed('two minutes pass', () => pause(APART_MS, signal))
    await timed('the front end boots', () => frontEnd.guest.boot([lab.instanceStore, frontEnd.root, lab.dataVolume]))
    await waitForAll([frontEnd, early], signal)
    await timed('the node is idle', () => waitForIdle(frontEnd.guest, 1, signal))
    await timed('two minutes pass', () => pause(APART_MS, signal))
    await timed('another job server boots', () => late.guest.boot([late.root]))
    await waitForAll([late], signal)
    await timed('the nodes are idle', () => waitForIdle(frontEnd.guest, 2, signal))
    await timed('srun on both nodes', () => assertSrun(frontEnd.guest))
  },
}
