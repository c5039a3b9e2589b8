import assert from 'node:assert/strict'
import {
  AGENT,
  codeAtTheEnd,
  describe,
  handBack,
  stepOf,
  takeOver,
  waitForConvergence,
  waitForStepCode,
} from '../agent-status.ts'
import { exampleConfig } from '../example-config.ts'
import { assertFrontend } from '../frontend-assertions.ts'
import { DATA_VOLUME_DEVICE, DATA_VOLUME_ID } from '../lab.ts'
import { timed } from '../print.ts'
import { bakedImage, type Scenario } from '../scenario.ts'
import { userDataFor } from '../user-data.ts'
import { isGone, isInOtherZone, isSaidToHave, isWithOther } from '../volume-records.ts'

const FAILED = 1

const REFUSALS = [
  ['ATTACH_NO_VOLUME', isGone],
  ['ATTACH_OTHER_ZONE', isInOtherZone],
  ['ATTACH_IN_USE', isWithOther('attached')],
] as const

/** The agent attaches it all the same, and formats nothing. */
const OBJECTIONS = [
  ['DISK_FROM_SNAPSHOT', isSaidToHave({ snapshotId: 'snap-0123456789abcdef0' })],
  ['DISK_SIZE_DIFFERS', isSaidToHave({ sizeGiB: 512 })],
] as const

const PERMISSION = 'ec2:AttachVolume'

export const attach: Scenario = {
  name: 'attach',
  title:
    'nobody attaches the volume: the agent says what keeps it from that and from a format, and does both once nothing does',
  ci: { leftOut: 'it takes 6 minutes; the unit tests have each answer of EC2, and volume-waits asks for more of them' },
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

    const free = cloud.volumes.get(DATA_VOLUME_ID)
    assert.ok(free !== undefined, 'the lab has the volume')
    const refuses = async (code: string) => {
      await timed(code, () => guest.run([AGENT, 'apply'], { ok: [FAILED], deadlineMs: 300_000 }))
      assert.equal(await codeAtTheEnd(guest, 'data-volume'), code)
    }
    for (const [code, tell] of REFUSALS) {
      cloud.volumes.set(DATA_VOLUME_ID, free)
      tell(cloud, free, guest.instance.instanceId)
      // The first ends the run that waits.
      await takeOver(guest, signal)
      await refuses(code)
    }

    cloud.volumes.set(DATA_VOLUME_ID, free)
    cloud.denied.delete(PERMISSION)
    for (const [code, tell] of OBJECTIONS) {
      tell(cloud, free, guest.instance.instanceId)
      await refuses(code)
    }
    isSaidToHave({})(cloud, free, guest.instance.instanceId)
    await handBack(guest)
    await timed('the run ends', () => waitForConvergence(guest, { deadlineMs: 600_000, signal }))
    const attachment = cloud.volumes.get(DATA_VOLUME_ID)?.attachment
    assert.equal(attachment?.instanceId, guest.instance.instanceId)
    assert.equal(attachment.device, DATA_VOLUME_DEVICE)
    await timed('all of it holds', () => assertFrontend(lab, guest, config))
  },
}
