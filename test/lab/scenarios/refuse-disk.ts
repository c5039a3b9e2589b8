import assert from 'node:assert/strict'
import { truncate } from 'node:fs/promises'
import { dirname } from 'node:path'
import { execa } from 'execa'
import {
  AGENT,
  describe,
  handBack,
  readStatus,
  stepOf,
  takeOver,
  waitForConvergence,
  waitForRunEnd,
  waitForStepCode,
} from '../agent-status.ts'
import { exampleConfig } from '../example-config.ts'
import { assertFrontend, assertSlurm } from '../frontend-assertions.ts'
import type { Guest } from '../guest.ts'
import { DATA_VOLUME_ID, type Lab } from '../lab.ts'
import { assertSeenOutside } from '../outside-assertions.ts'
import { timed } from '../print.ts'
import { bakedImage, type Scenario } from '../scenario.ts'
import { userDataFor } from '../user-data.ts'

const GIB = 1024 ** 3
/** Small enough to read whole, before and after. */
const VOLUME_GIB = 2
/** Of somebody who has made a mistake. */
const BAD_OPTION = '/etc/systemd/system/mnt-shared.mount.d/options.conf'

async function digest(file: string): Promise<string> {
  return (await execa('sha256sum', [file])).stdout
}

export const refuseDisk: Scenario = {
  name: 'refuse-disk',
  title:
    'another file system is on the volume with the right ID: refused, unchanged; lost on consent; grown once it can be mounted',
  ci: true,
  images: ['baked'],
  async run({ lab }) {
    const { signal } = lab
    const config = { ...exampleConfig(), statusTag: true }
    const { file } = lab.dataVolume
    await truncate(file, 0)
    await truncate(file, VOLUME_GIB * GIB)
    await execa('mkfs.xfs', ['-q', file])
    const before = await digest(file)

    await lab.efs.open()
    const { guest, root } = await lab.launch(bakedImage(lab), await userDataFor(lab, config))
    await lab.attachDataVolume(guest)
    tellSize(lab, VOLUME_GIB)
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
    await timed('shut down', () => guest.shutDown())
    assert.equal(await digest(file), before, 'not a byte of the volume changed')

    await guest.boot([root, lab.dataVolume, lab.instanceStore])
    await timed('lost on consent alone', () => loseOnConsent(guest, signal))
    await timed('a front end with an ext4', () => assertFrontend(lab, guest, config))
    await guest.run(['mkdir', dirname(BAD_OPTION)])
    await guest.writeFile(BAD_OPTION, '[Mount]\nOptions=noatme\n')
    await guest.shutDown()
    await truncate(file, 2 * VOLUME_GIB * GIB)
    tellSize(lab, 2 * VOLUME_GIB)
    await guest.boot([lab.dataVolume, lab.instanceStore, root])
    await timed('it cannot be mounted', () => assertNotMounted(guest, signal))
    await guest.run(['rm', BAD_OPTION])
    await timed('the run after the boot converges', () => waitForConvergence(guest, { deadlineMs: 600_000, signal }))
    await timed('the volume was enlarged: it is grown', () => assertGrown(guest))
  },
}

/** To whoever asks EC2. */
function tellSize({ cloud }: Lab, sizeGiB: number): void {
  const volume = cloud.volumes.get(DATA_VOLUME_ID)
  assert.ok(volume !== undefined, 'EC2 knows the data volume')
  cloud.volumes.set(DATA_VOLUME_ID, { ...volume, sizeGiB })
}

/** By the command that the refusal writes out; a consent to anything else is none. */
async function loseOnConsent(guest: Guest, signal: AbortSignal): Promise<void> {
  await takeOver(guest, signal)
  await guest.run([AGENT, 'apply'], { ok: [1], deadlineMs: 300_000 })
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

/** Neither by systemd at boot nor by the agent, which tries until a person has mended it. */
async function assertNotMounted(guest: Guest, signal: AbortSignal): Promise<void> {
  const code = 'DATA_VOLUME_MOUNT_FAILED'
  const status = await waitForStepCode(guest, 'data-volume', code, { deadlineMs: 240_000, signal })
  assert.match(stepOf(status, 'data-volume').reason ?? '', /bad option|Unknown parameter/, 'mount says why')
}

async function assertGrown(guest: Guest): Promise<void> {
  const size = (await guest.run(['findmnt', '--noheadings', '--bytes', '--output', 'SIZE', '/mnt/shared'])).stdout
  assert.ok(Number(size) > 1.8 * VOLUME_GIB * GIB, `${size.trim()} bytes on a volume of ${2 * VOLUME_GIB} GiB`)
}
