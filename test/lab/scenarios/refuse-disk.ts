import assert from 'node:assert/strict'
import { execa } from 'execa'
import { AGENT, describe, handBack, readStatus, stepOf, takeOver, waitForRunEnd } from '../agent-status.ts'
import { exampleConfig } from '../example-config.ts'
import { assertFrontend, assertSlurm } from '../frontend-assertions.ts'
import type { Guest } from '../guest.ts'
import { assertSeenOutside } from '../outside-assertions.ts'
import { timed } from '../print.ts'
import { bakedImage, type Scenario } from '../scenario.ts'
import { userDataFor } from '../user-data.ts'

/** Small enough to read whole, before and after. */
const VOLUME_GIB = 2

async function digest(file: string): Promise<string> {
  return (await execa('sha256sum', [file])).stdout
}

export const refuseDisk: Scenario = {
  name: 'refuse-disk',
  title: 'another file system is on the volume with the right ID: refused, unchanged; and lost on consent alone',
  ci: { leftOut: 'it takes 4 minutes; the disk matrix has each state of a real disk, left alone and lost on consent' },
  images: ['baked'],
  async run({ lab }) {
    const { signal } = lab
    const config = { ...exampleConfig(), statusTag: true }
    const { file } = lab.dataVolume
    await lab.resizeDataVolume(VOLUME_GIB)
    await execa('mkfs.xfs', ['-q', file])
    const before = await digest(file)

    await lab.efs.open()
    const { guest, root } = await lab.launch(bakedImage(lab), await userDataFor(lab, config))
    await lab.attachDataVolume(guest)
    await timed('the instance boots', () => guest.boot([lab.instanceStore, root, lab.dataVolume]))
    const status = await timed('the run ends', () => waitForRunEnd(guest, { deadlineMs: 600_000, signal }))
    const step = stepOf(status, 'data-volume')
    assert.equal(step.state, 'refused', describe(status))
    assert.match(step.reason ?? '', /xfs/, 'the refusal says what was found')
    assert.equal(stepOf(status, 'nfs-export').state, 'blocked', describe(status))
    const line = 'slurm-node-agent: failed: data-volume DISK_OTHER_FILE_SYSTEM: '
    await timed('it is seen from outside', () => assertSeenOutside(lab, guest, 'failed DISK_OTHER_FILE_SYSTEM', line))
    await timed('the scheduler is up', () => assertSlurm(lab, guest, config))
    await takeOver(guest, signal)
    await guest.run([AGENT, 'apply'], { ok: [1], deadlineMs: 300_000 })
    await guest.run(['sync'])
    assert.equal(await digest(file), before, 'not a byte of the volume changed')

    await timed('lost on consent alone', () => loseOnConsent(guest))
    await timed('a front end with an ext4', () => assertFrontend(lab, guest, config))
  },
}

/** By the command that the refusal writes out; a consent to anything else is none. */
async function loseOnConsent(guest: Guest): Promise<void> {
  const status = await readStatus(guest)
  const hint = status === undefined ? '' : (stepOf(status, 'data-volume').hint ?? '')
  const [, volume, findings] = /disk consent (vol-[0-9a-f]+) --findings ([0-9a-f]{16})/.exec(hint) ?? []
  assert.ok(volume !== undefined && findings !== undefined, `the hint names the command: ${hint}`)
  const other = findings.replace(/./g, (digit) => (digit === '0' ? '1' : '0'))
  await guest.run([AGENT, 'disk', 'consent', volume, '--findings', other], { ok: [1] })
  await guest.run([AGENT, 'plan', '--detailed-exitcode'], { ok: [1], deadlineMs: 120_000 })
  await guest.run([AGENT, 'disk', 'consent', volume, '--findings', findings])
  await guest.run([AGENT, 'apply'], { deadlineMs: 300_000 })
  await handBack(guest)
}
