import assert from 'node:assert/strict'
import { UNIT, waitForConvergence, waitForStepCode } from '../agent-status.ts'
import { exampleConfig } from '../example-config.ts'
import { formatBegun } from '../format-begun.ts'
import { assertFrontend } from '../frontend-assertions.ts'
import { timed } from '../print.ts'
import { bakedImage, type Scenario } from '../scenario.ts'
import { userDataFor } from '../user-data.ts'

/** So few that mkfs has not ended when the kernel has let go of the disk, which takes it 5 s. */
const OPERATIONS = 30

export const unplugged: Scenario = {
  name: 'unplugged',
  title: 'the data volume is detached by force while it is formatted, and formatted again once it is back',
  ci: { leftOut: 'it takes 5 minutes; power-cut ends mkfs in CI, too' },
  images: ['baked'],
  async run({ lab }) {
    const { signal, dataVolume } = lab
    const config = exampleConfig()
    await lab.efs.open()
    const { guest, root } = await lab.launch(bakedImage(lab), await userDataFor(lab, config))
    await timed('the instance boots', () => guest.boot([lab.instanceStore, root]))
    await waitForStepCode(guest, 'data-volume', 'DATA_VOLUME_NOT_ATTACHED', { deadlineMs: 240_000, signal })

    await lab.attachDataVolume(guest)
    await timed('mkfs runs', () => formatBegun(guest, 240_000))
    await guest.slowDown(dataVolume, OPERATIONS)
    await timed('the volume goes', () => guest.unplug(dataVolume))
    await timed('the agent waits for it', () =>
      waitForStepCode(guest, 'data-volume', 'DATA_VOLUME_NOT_SEEN', { deadlineMs: 240_000, signal }),
    )
    const { stdout: log } = await guest.run(['journalctl', `--unit=${UNIT}`, '--boot', '--output=cat'])
    assert.match(log, /mkfs\.ext4[^\n]* ended with 1/, 'mkfs has failed')

    await guest.plug(dataVolume)
    await timed('the run ends', () => waitForConvergence(guest, { deadlineMs: 600_000, signal }))
    await timed('all of it holds', () => assertFrontend(lab, guest, config))
  },
}
