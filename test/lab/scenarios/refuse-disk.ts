import assert from 'node:assert/strict'
import { truncate } from 'node:fs/promises'
import { execa } from 'execa'
import { AGENT, describe, stepOf, waitForRunEnd } from '../agent-status.ts'
import { exampleConfig } from '../example-config.ts'
import { assertSlurm } from '../frontend-assertions.ts'
import { timed } from '../print.ts'
import { bakedImage, type Scenario } from '../scenario.ts'
import { frontendUserData } from '../user-data.ts'

const GIB = 1024 ** 3
/** Small enough to read whole, before and after. */
const VOLUME_BYTES = 2 * GIB

async function digest(file: string): Promise<string> {
  return (await execa('sha256sum', [file])).stdout
}

export const refuseDisk: Scenario = {
  name: 'refuse-disk',
  title: 'the volume with the right ID holds another file system: refused, unchanged, and the scheduler is up',
  ci: true,
  image: 'baked',
  async run({ lab }) {
    const { signal } = lab
    const config = exampleConfig()
    const { file } = lab.dataVolume
    await truncate(file, 0)
    await truncate(file, VOLUME_BYTES)
    await execa('mkfs.xfs', ['-q', file])
    const before = await digest(file)

    await lab.efs.open()
    const { guest, root } = await lab.launch(bakedImage(lab), await frontendUserData(lab, config))
    await lab.attachDataVolume(guest)
    await timed('the instance boots', () => guest.boot([lab.instanceStore, root, lab.dataVolume]))
    const status = await timed('the run ends', () => waitForRunEnd(guest, { deadlineMs: 600_000, signal }))
    const step = stepOf(status, 'data-volume')
    assert.equal(step.state, 'refused', describe(status))
    assert.match(step.reason ?? '', /xfs/, 'the refusal says what was found')
    assert.equal(stepOf(status, 'nfs-export').state, 'blocked', describe(status))
    await timed('the scheduler is up', () => assertSlurm(lab, guest, config))
    await guest.run([AGENT, 'apply'], { ok: [1], deadlineMs: 300_000 })
    await timed('shut down', () => guest.shutDown())
    assert.equal(await digest(file), before, 'not a byte of the volume changed')
  },
}
