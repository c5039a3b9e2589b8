import assert from 'node:assert/strict'
import { stepOf, waitForConvergence } from '../agent-status.ts'
import { exampleConfig } from '../example-config.ts'
import { assertFrontend } from '../frontend-assertions.ts'
import { DATA_VOLUME_GIB } from '../lab.ts'
import { timed } from '../print.ts'
import { type Scenario, theInstance } from '../scenario.ts'
import { firstBoot } from './first-boot.ts'

const MARKERS = ['/mnt/shared/written-before', '/mnt/work/written-before'] as const
const RUN_DEADLINE_MS = 300_000
const ENLARGED_GIB = DATA_VOLUME_GIB + 64
const GIB = 1024 ** 3

export const reboot: Scenario = {
  name: 'reboot',
  title:
    'the disks come up in another order, the volume enlarged: all holds, nothing is formatted, the data is there, the file system grown',
  ci: true,
  after: firstBoot,
  async run(stage) {
    const { lab } = stage
    const { guest, root } = theInstance(stage)
    const config = exampleConfig()
    for (const marker of MARKERS) await guest.writeFile(marker, `${marker}\n`)
    const ofVolume = async (column: string): Promise<string> => {
      const { mountPoint } = config.dataVolume
      return (await guest.run(['findmnt', '--noheadings', '--bytes', '--output', column, '--mountpoint', mountPoint]))
        .stdout
    }
    const before = await ofVolume('UUID')

    await timed('shut down', () => guest.shutDown())
    await lab.resizeDataVolume(ENLARGED_GIB)
    // nvme0 was the instance store, nvme1 the root disk, nvme2 the volume: now each has another number.
    await timed('boot with the disks in another order', () => guest.boot([lab.dataVolume, lab.instanceStore, root]))
    const status = await timed('the run ends', () =>
      waitForConvergence(guest, { deadlineMs: RUN_DEADLINE_MS, signal: lab.signal }),
    )
    assert.equal(stepOf(status, 'data-volume').actions, 1, 'the volume was mounted by fstab, and only grown')
    await timed('all of it holds', () => assertFrontend(lab, guest, config))
    assert.equal(await ofVolume('UUID'), before, 'the file system is the same')
    const size = Number(await ofVolume('SIZE'))
    assert.ok(
      size > ((DATA_VOLUME_GIB + ENLARGED_GIB) / 2) * GIB,
      `it has ${size} bytes, on a volume of ${ENLARGED_GIB} GiB`,
    )
    for (const marker of MARKERS) assert.equal((await guest.readFile(marker)).trim(), marker)
  },
}
