import { waitForStepCode } from '../agent-status.ts'
import { assertSrun, frontendOfCluster, jobServerOfCluster, waitForAll, waitForIdle } from '../example-cluster.ts'
import { timed } from '../print.ts'
import { bakedImage, type Scenario } from '../scenario.ts'
import { frontendUserData } from '../user-data.ts'
import { pause } from '../wait.ts'

const APART_MS = 120_000

export const anyOrder: Scenario = {
  name: 'any-order',
  title: 'a job server boots two minutes before the front end, another one two minutes after it: both run jobs',
  ci: { leftOut: 'it takes 8 minutes; CI has the cluster that boots at once' },
  images: ['baked', 'job'],
  async run({ lab }) {
    const { signal } = lab
    await lab.efs.open()
    const frontEnd = await lab.launch(bakedImage(lab), await frontendUserData(lab, frontendOfCluster()))
    const jobServer = async (name: string) =>
      await lab.launch(bakedImage(lab, 'job'), await frontendUserData(lab, jobServerOfCluster(name)))
    const [early, late] = [await jobServer('job-1'), await jobServer('job-2')]
    await lab.attachDataVolume(frontEnd.guest)

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
