import assert from 'node:assert/strict'
import { describe, stepOf, waitForConvergence, waitForStepCode } from '../agent-status.ts'
import { exampleConfig } from '../example-config.ts'
import { assertFrontend } from '../frontend-assertions.ts'
import { DATA_VOLUME_DEVICE, DATA_VOLUME_ID } from '../lab.ts'
import { timed } from '../print.ts'
import { bakedImage, type Scenario } from '../scenario.ts'
import { userDataFor } from '../user-data.ts'

const PERMISSION = 'ec2:AttachVolume'

export const attach: Scenario = {
  name: 'attach',
  title: 'nobody attaches the volume: the agent names the permission that it lacks, and once it has it, does so itself',
  ci: { leftOut: 'it takes 3 minutes; the unit tests have each answer of EC2, and volume-waits asks for more of them' },
  images: ['baked'],
  async run({ lab }) {
    const { cloud, signal } = lab
    const config = exampleConfig()
    const userData = await userDataFor(lab, { ...config, dataVolume: { ...config.dataVolume, attach: true } })
    cloud.denied.add(PERMISSION)
    await lab.efs.open()
    const { guest, root } = await lab.launch(bakedImage(lab), userData)
    await timed('the instance boots', () => guest.boot([lab.instanceStore, root]))
    const waiting = await timed('the agent may not attach the volume', () =>
      waitForStepCode(guest, 'data-volume', 'ATTACH_DENIED', { deadlineMs: 240_000, signal }),
    )
    assert.ok(stepOf(waiting, 'data-volume').reason?.includes(PERMISSION), describe(waiting))
    assert.equal(cloud.volumes.get(DATA_VOLUME_ID)?.state, 'available', 'asking attached nothing')

    cloud.denied.delete(PERMISSION)
    await timed('the run ends', () => waitForConvergence(guest, { deadlineMs: 600_000, signal }))
    const attachment = cloud.volumes.get(DATA_VOLUME_ID)?.attachment
    assert.equal(attachment?.instanceId, guest.instance.instanceId)
    assert.equal(attachment.device, DATA_VOLUME_DEVICE)
    await timed('all of it holds', () => assertFrontend(lab, guest, config))
  },
}
