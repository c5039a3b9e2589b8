import assert from 'node:assert/strict'
import {
  AGENT,
  describe,
  type RunStatus,
  readStatus,
  takeOver,
  waitForConvergence,
  waitForRunEnd,
} from '../agent-status.ts'
import { exampleConfig } from '../example-config.ts'
import { assertDataVolume, assertHostname } from '../frontend-assertions.ts'
import type { Guest } from '../guest.ts'
import { oldScriptUserData, SCRIPT_ENDED } from '../old-script.ts'
import { SCENARIO_PACKAGES } from '../packages.ts'
import { timed } from '../print.ts'
import { bakedImage, type Scenario } from '../scenario.ts'
import { userDataFor } from '../user-data.ts'
import { waitFor } from '../wait.ts'

const KEPT = '/mnt/shared/kept'
const OLD_KEY = '/mnt/work/slurm/munge.key'

async function sum(guest: Guest, path: string): Promise<string | undefined> {
  return (await guest.run(['sha256sum', path])).stdout.split(' ')[0]
}

function warningsOf(status: RunStatus): readonly string[] {
  return status.steps
    .flatMap(({ warnings = [] }) => warnings)
    .map((warning) => JSON.stringify(warning).match(/"code":"(\w+)"/)?.[1] ?? 'none')
    .toSorted()
}

export const oldScriptTakenOver: Scenario = {
  name: 'old-script',
  title: 'a front end that the old script made is taken over: its leavings are mended and told of, no data is touched',
  ci: { leftOut: 'it takes 5 minutes; the unit tests have each thing that the script leaves behind' },
  images: ['baked'],
  async run({ lab }) {
    const { signal } = lab
    const config = exampleConfig()
    await lab.efs.open()
    const { guest, root } = await lab.launch(bakedImage(lab), await oldScriptUserData(SCENARIO_PACKAGES))
    await lab.attachDataVolume(guest)
    // The script takes the first disk behind the root's; in any other order it would format the instance store.
    await timed('the instance boots', () => guest.boot([root, lab.dataVolume, lab.instanceStore]))
    await timed('the old script ends', () =>
      waitFor('the script to end', { deadlineMs: 900_000, everyMs: 5_000, signal }, async () => {
        const { exitCode } = await guest.run(['test', '-e', SCRIPT_ENDED], { ok: [0, 1] })
        return exitCode === 0 ? { found: true } : { missing: 'it runs' }
      }),
    )
    await guest.writeFile(KEPT, 'of somebody\n')
    const key = await sum(guest, '/etc/munge/munge.key')
    const { stdout: fileSystem } = await guest.run(['findmnt', '--noheadings', '--output', 'UUID', '/mnt/shared'])
    assert.equal(await sum(guest, OLD_KEY), key, 'the script shares its key')
    assert.match((await guest.run(['stat', '-c', '%a', OLD_KEY])).stdout, /644/)

    await guest.writeFile('/root/user-data', await userDataFor(lab, config))
    const bootstrap = ['sh', '/root/user-data', '--config', '-']
    await timed('the agent is installed', () => guest.run(bootstrap, { deadlineMs: 300_000 }))
    const status = await timed('the run ends', () => waitForRunEnd(guest, { deadlineMs: 600_000, signal }))
    assert.equal(status.outcome, 'degraded', describe(status))
    assert.deepEqual(warningsOf(status), [
      'FSTAB_OLD_ENTRY_REPLACED',
      'FSTAB_OLD_ENTRY_REPLACED',
      'MUNGE_KEY_WAS_READABLE',
      'NFS_OLD_EXPORT_REMOVED',
    ])

    assert.equal(await guest.readFile(KEPT), 'of somebody')
    assert.equal(await sum(guest, '/etc/munge/munge.key'), key, 'the nodes have the key still')
    assert.equal((await guest.run(['stat', '-c', '%U %a', OLD_KEY])).stdout, 'root 600')
    await assertDataVolume(lab, guest, config.dataVolume.mountPoint)
    await assertHostname(guest, config.hostname)
    const exported = (await guest.run(['exportfs', '-v'])).stdout
    assert.doesNotMatch(exported, /<world>|no_root_squash/)
    await takeOver(guest, signal)
    await timed('a second run has nothing to do or to tell', () => guest.run([AGENT, 'apply'], { deadlineMs: 120_000 }))
    const second = await readStatus(guest)
    assert.ok(second !== undefined)
    assert.equal(second.outcome, 'converged', describe(second))
    assert.ok(
      second.steps.every(({ actions }) => actions === 0),
      describe(second),
    )

    await guest.shutDown()
    await timed('it boots with the disks in another order', () => guest.boot([lab.instanceStore, root, lab.dataVolume]))
    await timed('the run after the boot ends', () => waitForConvergence(guest, { deadlineMs: 600_000, signal }))
    await assertDataVolume(lab, guest, config.dataVolume.mountPoint)
    assert.equal((await guest.run(['findmnt', '--noheadings', '--output', 'UUID', '/mnt/shared'])).stdout, fileSystem)
    assert.equal(await guest.readFile(KEPT), 'of somebody')
  },
}
