import assert from 'node:assert/strict'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { parseBootTime } from '../../../src/formats/proc-stat.ts'
import { TIMER, UNIT, waitForConvergence } from '../agent-status.ts'
import { assertClean } from '../clean-image.ts'
import { keySum } from '../example-cluster.ts'
import { exampleConfig } from '../example-config.ts'
import { assertFrontend } from '../frontend-assertions.ts'
import type { Guest } from '../guest.ts'
import { type Image, imageOf } from '../image.ts'
import type { Lab } from '../lab.ts'
import { CONFIGURED_PACKAGES } from '../packages.ts'
import { print, seconds, timed } from '../print.ts'
import type { Scenario } from '../scenario.ts'
import { userDataFor } from '../user-data.ts'

/** What an instance of the image may take, as a part of what a bare one takes. */
const MOST_OF_FIRST_BOOT = 0.35
const DEADLINE_MS = 1_800_000
/** All of the README's: what an image saves is above all the time of apt. */
const CONFIG = exampleConfig(CONFIGURED_PACKAGES)
const NO_USER_DATA = '#!/bin/sh\n'
const USER_DATA = '/var/tmp/user-data'
/** sshd does not pass on what systemd has for its services: see image-files.ts. */
const ONE_THREAD = 'DPKG_DEB_THREADS_MAX=1'

interface Identity {
  readonly machineId: string
  readonly hostKey: string
}

interface FrontEnd extends Identity {
  /** From the start of the kernel to the end of the run, by the clock of the guest. */
  readonly readyMs: number
  readonly mungeKey: string
}

export const bake: Scenario = {
  name: 'bake',
  title: 'front ends of a baked image are ready in 0.35 of the time, each with keys and an identity of its own',
  ci: { leftOut: 'it takes 25 minutes; the unit tests have each step of a bake' },
  async run({ lab }) {
    const { bare } = lab.prepared.images
    const first = await newFrontEnd(lab, bare, 'a bare instance')
    const { image, baked } = await bakedOn(lab, bare)
    await timed('nothing of the machine is on the image', () => assertClean(image))
    const second = await newFrontEnd(lab, image, 'an instance of the image')
    const third = await newFrontEnd(lab, image, 'another one')
    const idle = await idleInstance(lab, image)

    const all = [first, baked, second, third, idle]
    assertDistinct(
      'machine ID',
      all.map(({ machineId }) => machineId),
    )
    assertDistinct(
      'SSH host key',
      all.map(({ hostKey }) => hostKey),
    )
    assertDistinct(
      'Munge key',
      [first, second, third].map(({ mungeKey }) => mungeKey),
    )
    for (const { readyMs } of [second, third]) {
      const part = readyMs / first.readyMs
      print(`  ready after ${seconds(readyMs)}: ${part.toFixed(3)} of a bare one (at most ${MOST_OF_FIRST_BOOT})`)
      assert.ok(part <= MOST_OF_FIRST_BOOT, `${part} of what a bare instance takes`)
    }
  },
}

/** Of a cluster of its own: its share is empty. Switched off again. */
async function newFrontEnd(lab: Lab, image: Image, what: string): Promise<FrontEnd> {
  await emptyShare(lab)
  const { guest, root } = await lab.launch(image, await userDataFor(lab, CONFIG))
  await lab.attachDataVolume(guest)
  await timed(`${what} boots`, () => guest.boot([lab.instanceStore, root, lab.dataVolume]))
  const status = await timed('the run ends', () =>
    waitForConvergence(guest, { deadlineMs: DEADLINE_MS, signal: lab.signal }),
  )
  await timed('all of it holds', () => assertFrontend(lab, guest, CONFIG))
  const bootedAt = parseBootTime(await guest.readFile('/proc/stat'))
  assert.ok(bootedAt !== undefined && status.endedAt !== undefined)
  const readyMs = Date.parse(status.endedAt) - bootedAt * 1000
  print(`  ready after ${seconds(readyMs)}`)
  const frontEnd = { ...(await identityOf(guest)), readyMs, mungeKey: await keySum(guest) }
  await timed('shut down', () => guest.shutDown())
  return frontEnd
}

async function emptyShare({ efs }: Lab): Promise<void> {
  // Stopped meanwhile, the server remembers nothing of it.
  await efs.become({ serves: 'nothing' })
  for (const name of await readdir(efs.folder)) await rm(join(efs.folder, name), { recursive: true })
  await efs.open()
}

/** As a person bakes by hand, or Packer does. */
async function bakedOn(lab: Lab, bare: Image): Promise<{ image: Image; baked: Identity }> {
  const { guest, root } = await lab.launch(bare, NO_USER_DATA)
  await timed('an instance without user_data boots', () => guest.boot([root]))
  const baked = await identityOf(guest)
  await guest.writeFile(USER_DATA, await userDataFor(lab, CONFIG))
  const argv = ['env', ONE_THREAD, 'sh', USER_DATA, '--bake', '--config', '-']
  await timed('it is baked', () => guest.run(argv, { deadlineMs: DEADLINE_MS }))
  await timed('shut down', () => guest.shutDown())
  return { image: await timed('an image is made of it', () => imageOf(root, bare, lab.signal)), baked }
}

/** Without user_data, an instance of the image does nothing of a role. */
async function idleInstance(lab: Lab, image: Image): Promise<Identity> {
  const { guest, root } = await lab.launch(image, NO_USER_DATA)
  await timed('one without user_data boots', () => guest.boot([root]))
  await guest.run(['cloud-init', 'status', '--wait'], { ok: 'any', deadlineMs: 240_000 })
  for (const unit of ['munge', 'slurmctld', 'nfs-server', 'nfs-mountd', 'rpcbind.socket', UNIT, TIMER]) {
    const { stdout } = await guest.run(['systemctl', 'is-active', unit], { ok: 'any' })
    assert.equal(stdout, 'inactive', unit)
  }
  const key = await guest.run(['test', '-e', '/etc/munge/munge.key'], { ok: [0, 1] })
  assert.equal(key.exitCode, 1, 'there is no Munge key')
  return await identityOf(guest)
}

async function identityOf(guest: Guest): Promise<Identity> {
  const [machineId, hostKey] = await Promise.all([
    guest.readFile('/etc/machine-id'),
    guest.readFile('/etc/ssh/ssh_host_ed25519_key.pub'),
  ])
  return { machineId, hostKey }
}

function assertDistinct(what: string, values: readonly string[]): void {
  assert.ok(
    values.every((value) => value !== ''),
    `each has a ${what}`,
  )
  assert.equal(new Set(values).size, values.length, `each has a ${what} of its own`)
}
