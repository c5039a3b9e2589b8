import assert from 'node:assert/strict'
import { AGENT, describe, stepOf, takeOver, waitForRunEnd } from '../agent-status.ts'
import { exampleConfig } from '../example-config.ts'
import { assertPackages, assertSlurm } from '../frontend-assertions.ts'
import { NOT_BAKED, SCENARIO_PACKAGES } from '../packages.ts'
import { timed } from '../print.ts'
import { bakedImage, type Scenario } from '../scenario.ts'
import { userDataFor } from '../user-data.ts'

const MISSING = 'no-such-package'
const DEGRADED = 3

export const packageMissing: Scenario = {
  name: 'package-missing',
  title: 'a listed package does not exist: the rest is installed, the run is degraded and names it',
  ci: { leftOut: 'it takes 2 minutes; the unit tests have apt fail in each of its ways' },
  images: ['baked'],
  async run({ lab }) {
    const { signal } = lab
    const config = exampleConfig([...SCENARIO_PACKAGES, MISSING, ...NOT_BAKED])
    await lab.efs.open()
    const { guest, root } = await lab.launch(bakedImage(lab), await userDataFor(lab, config))
    await lab.attachDataVolume(guest)
    await timed('the instance boots', () => guest.boot([lab.instanceStore, root, lab.dataVolume]))
    const status = await timed('the run ends', () => waitForRunEnd(guest, { deadlineMs: 600_000, signal }))
    assert.equal(status.outcome, 'degraded', describe(status))
    const packages = stepOf(status, 'packages')
    const said = JSON.stringify(packages)
    assert.ok(said.includes(MISSING), `the step names the package: ${said}`)
    assert.match(said, /Unable to locate package|no installation candidate/, 'with apt’s reason')
    await assertPackages(guest, [...SCENARIO_PACKAGES, ...NOT_BAKED])
    await assertSlurm(lab, guest, config)
    await takeOver(guest, signal)
    await timed('apply by hand ends with 3', () => guest.run([AGENT, 'apply'], { ok: [DEGRADED], deadlineMs: 300_000 }))
  },
}
