import assert from 'node:assert/strict'
import { stepOf, waitForConvergence } from '../agent-status.ts'
import { exampleConfig } from '../example-config.ts'
import { assertFrontend } from '../frontend-assertions.ts'
import { timed } from '../print.ts'
import { type Scenario, theInstance } from '../scenario.ts'
import { firstBoot } from './first-boot.ts'

const MARKERS = ['/mnt/shared/written-before', '/mnt/work/written-before'] as const
const RUN_DEADLINE_MS = 300_000

export const reboot: Scenario = {
  name: 'reboot',
  title: 'the disks come up in another order: all holds, nothing is formatted, the data is there',
  ci: true,
  after: firstBoot,
  async run(stage) {
    const { lab } = stage
    const { guest, root } = theInstance(stage)
    const config = exampleConfig()
    for (const marker of MARKERS) await guest.writeFile(marker, `${marker}\n`)
    const uuid = ['findmnt', '--noheadings', '--output', 'UUID', '--mountpoint', config.dataVolume.mountPoint]
    const { stdout: before } = await guest.run(uuid)

    await timed('shut down', () => guest.shutDown())
    // nvme0 was the instance store, nvme1 the root disk, nvme2 the volume: now each has another number.
    await timed('boot with the disks in another order', () => guest.boot([lab.dataVolume, lab.instanceStore, root]))
    const status = await timed('the run ends', () =>
      waitForConvergence(guest, { deadlineMs: RUN_DEADLINE_MS, signal: lab.signal }),
    )
    assert.equal(stepOf(status, 'data-volume').actions, 0, 'the volume was mounted by fstab, and nothing formatted')
    await timed('all of it holds', () => assertFrontend(lab, guest, config))
    assert.equal((await guest.run(uuid)).stdout, before, 'the file system is the same')
    for (const marker of MARKERS) assert.equal((await guest.readFile(marker)).trim(), marker)
  },
}
