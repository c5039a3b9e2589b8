import assert from 'node:assert/strict'
import { API_ENDPOINT } from '../addresses.ts'
import {
  AGENT,
  applyWith,
  codeAtTheEnd,
  describe,
  handBack,
  readStatus,
  stepOf,
  takeOver,
  waitForConvergence,
  waitForStepCode,
} from '../agent-status.ts'
import { exampleConfig } from '../example-config.ts'
import { assertFrontend } from '../frontend-assertions.ts'
import type { Guest } from '../guest.ts'
import { DATA_VOLUME_ID } from '../lab.ts'
import { timed } from '../print.ts'
import { bakedImage, type Scenario } from '../scenario.ts'
import { userDataFor } from '../user-data.ts'
import { isGone, isInOtherZone, isWith, isWithOther, OTHER_INSTANCE, OTHER_ZONE, type Tell } from '../volume-records.ts'
import { type Look, waitFor } from '../wait.ts'

const FAILED = 1

interface Trouble {
  readonly code: string
  /** What the reason must name. */
  readonly names: string
  readonly tell: Tell
}

/** In this order, the last leads to the volume being there. Each begins from a volume that is free. */
const TROUBLES: readonly Trouble[] = [
  { code: 'DATA_VOLUME_NOT_ATTACHED', names: 'available', tell: () => {} },
  { code: 'DATA_VOLUME_UNKNOWN', names: DATA_VOLUME_ID, tell: isGone },
  { code: 'DATA_VOLUME_OTHER_ZONE', names: OTHER_ZONE, tell: isInOtherZone },
  { code: 'DATA_VOLUME_IN_USE', names: OTHER_INSTANCE, tell: isWithOther('attached') },
  { code: 'DATA_VOLUME_DETACHING', names: OTHER_INSTANCE, tell: isWithOther('detaching') },
  { code: 'EC2_DENIED', names: 'ec2:DescribeVolumes', tell: ({ denied }) => denied.add('ec2:DescribeVolumes') },
  {
    code: 'EC2_THROTTLED',
    names: 'Request limit exceeded',
    tell: ({ throttled }) => throttled.add('ec2:DescribeVolumes'),
  },
  {
    code: 'EC2_NOT_ANSWERING',
    names: 'does not answer (ec2:DescribeVolumes)',
    tell: ({ cutOff }) => cutOff.add('ec2:DescribeVolumes'),
  },
  { code: 'DATA_VOLUME_ATTACHING', names: 'attaching', tell: isWith('attaching') },
  { code: 'DATA_VOLUME_NOT_SEEN', names: 'the kernel does not show it', tell: isWith('attached') },
]

export const volumeWaits: Scenario = {
  name: 'volume-waits',
  title:
    'all that can keep the volume away, each told by its code; at last it comes, is known by name too, and damage is told',
  ci: { leftOut: 'it takes 5 minutes; the unit tests have each of its reasons' },
  images: ['baked'],
  async run({ lab }) {
    const { cloud, signal } = lab
    const config = exampleConfig()
    const { volumeId, ...named } = { ...config.dataVolume, deadlineSeconds: 1_200 }
    const free = cloud.volumes.get(volumeId)
    assert.ok(free !== undefined, 'the lab has the volume')
    const userData = await userDataFor(lab, { ...config, dataVolume: { ...named, volumeId } })
    await lab.efs.open()
    const { guest, root } = await lab.launch(bakedImage(lab), userData)
    const { instanceId } = guest.instance
    await timed('the instance boots', () => guest.boot([lab.instanceStore, root]))

    await timed('EC2_UNREACHABLE', () => assertUnreachable(guest, signal))
    for (const { code, names, tell } of TROUBLES) {
      cloud.volumes.set(volumeId, free)
      cloud.denied.clear()
      cloud.throttled.clear()
      cloud.cutOff.clear()
      tell(cloud, free, instanceId)
      const status = await timed(code, () =>
        waitForStepCode(guest, 'data-volume', code, { deadlineMs: 240_000, signal }),
      )
      assert.ok(stepOf(status, 'data-volume').reason?.includes(names), `${names} is named: ${describe(status)}`)
    }
    await timed('the agent rescans the PCI bus', () =>
      waitFor('a rescan', { deadlineMs: 120_000, everyMs: 2_000, signal }, async (): Promise<Look<true>> => {
        const status = await readStatus(guest)
        if (status !== undefined && stepOf(status, 'data-volume').actions > 0) return { found: true }
        return { missing: status === undefined ? 'no status' : describe(status) }
      }),
    )
    await guest.plug(lab.dataVolume)
    await timed('the run ends', () => waitForConvergence(guest, { deadlineMs: 600_000, signal }))
    await timed('all of it holds', () => assertFrontend(lab, guest, config))

    await takeOver(guest, signal)
    await timed('apply with the device name alone', () => applyWith(guest, { ...config, dataVolume: named }))
    const byName = await readStatus(guest)
    assert.ok(byName !== undefined, 'there was a run')
    assert.equal(byName.outcome, 'converged', describe(byName))
    assert.equal(stepOf(byName, 'data-volume').actions, 0, 'it is the same volume')
    assert.ok(cloud.calls.includes('ec2:DescribeInstances'), 'EC2 was asked for the name')
    await damage(guest, config.dataVolume.mountPoint)
    await timed('all of it holds', () => assertFrontend(lab, guest, config))
  },
}

/** In a private subnet without an endpoint for EC2. */
async function assertUnreachable(guest: Guest, signal: AbortSignal): Promise<void> {
  const route = ['unreachable', API_ENDPOINT]
  await guest.run(['ip', 'route', 'add', ...route])
  await waitForStepCode(guest, 'data-volume', 'EC2_UNREACHABLE', { deadlineMs: 240_000, signal })
  await guest.run(['ip', 'route', 'delete', ...route])
}

/** Damage that no superblock shows: the kernel finds it when it mounts, and marks it there. A person mends it. */
async function damage(guest: Guest, mountPoint: string): Promise<void> {
  const device = (await guest.run(['findmnt', '--noheadings', '--output', 'SOURCE', mountPoint])).stdout.trim()
  await guest.run(['systemctl', 'stop', 'nfs-server.service'])
  await guest.run(['umount', mountPoint])
  await guest.run(['debugfs', '-w', '-R', 'clri <2>', device])
  const apply = (ok: number) => guest.run([AGENT, 'apply'], { ok: [ok], deadlineMs: 300_000 })
  await timed('the damage is found', () => apply(FAILED))
  assert.equal(await codeAtTheEnd(guest, 'data-volume'), 'DISK_FILE_SYSTEM_DAMAGED')
  await guest.run(['e2fsck', '-f', '-y', device], { ok: [1], deadlineMs: 300_000 })
  await timed('it is mended', () => apply(0))
  await handBack(guest)
}
