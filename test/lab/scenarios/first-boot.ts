import assert from 'node:assert/strict'
import { waitForConvergence, waitForStepCode } from '../agent-status.ts'
import { exampleConfig } from '../example-config.ts'
import { assertFrontend } from '../frontend-assertions.ts'
import { assertSeenOutside } from '../outside-assertions.ts'
import { SCENARIO_PACKAGES, WITH_DAEMON } from '../packages.ts'
import { timed } from '../print.ts'
import type { Scenario } from '../scenario.ts'
import { userDataFor } from '../user-data.ts'

const AGENT_START_DEADLINE_MS = 240_000
const RUN_DEADLINE_MS = 2_400_000

export const firstBoot: Scenario = {
  name: 'first-boot',
  title: 'a blank guest becomes a front end; volume and mount target come only once their absence was named',
  ci: true,
  async run({ lab }) {
    const { signal } = lab
    const config = { ...exampleConfig([...SCENARIO_PACKAGES, WITH_DAEMON]), statusTag: true }
    lab.efs.order()
    const { guest, root } = await lab.launch(lab.prepared.images.bare, await userDataFor(lab, config))
    // The root disk is nvme1 and the data volume will be nvme2: who guesses by name is wrong twice.
    await timed('the instance boots', () => guest.boot([lab.instanceStore, root]))
    await timed('the agent waits for the volume', () =>
      waitForStepCode(guest, 'data-volume', 'DATA_VOLUME_NOT_ATTACHED', {
        deadlineMs: AGENT_START_DEADLINE_MS,
        signal,
      }),
    )
    await lab.attachDataVolume(guest)
    await timed('the agent waits for the mount target', () =>
      waitForStepCode(guest, 'efs', 'EFS_MOUNT_TARGET_CREATING', { deadlineMs: RUN_DEADLINE_MS, signal }),
    )
    await lab.efs.open()
    await timed('the run ends', () => waitForConvergence(guest, { deadlineMs: RUN_DEADLINE_MS, signal }))
    await timed('it is seen from outside', () =>
      assertSeenOutside(lab, guest, 'ready', 'slurm-node-agent: converged after '),
    )
    await timed('all of it holds', () => assertFrontend(lab, guest, config))
    const { stdout: daemon } = await guest.run(['systemctl', 'is-active', WITH_DAEMON], { ok: [0, 3] })
    assert.equal(daemon, 'active', "a daemon that is none of the agent's starts as it is installed")
    const slurmd = await guest.run(['dpkg-query', '-W', '-f', '${Status}', 'slurmd'], { ok: [0, 1] })
    assert.notEqual(slurmd.stdout, 'install ok installed', 'a front end has no slurmd')
  },
}
