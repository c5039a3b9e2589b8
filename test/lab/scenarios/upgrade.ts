import assert from 'node:assert/strict'
import { releaseWith } from '../agent-release.ts'
import { AGENT, describe, takeOver, waitForRunEnd } from '../agent-status.ts'
import { exampleConfig } from '../example-config.ts'
import { assertFrontend } from '../frontend-assertions.ts'
import type { Guest } from '../guest.ts'
import type { Lab } from '../lab.ts'
import type { Download } from '../mirror.ts'
import { timed } from '../print.ts'
import { bakedImage, type Scenario } from '../scenario.ts'
import { userDataFor } from '../user-data.ts'
import { type Look, waitFor } from '../wait.ts'

const FAILED = 1
const NEXT = '99.0.0'
const RUN_DEADLINE_MS = 600_000
const UPGRADE_DEADLINE_MS = 300_000

/** A release of the lab's agent with this line before its program. */
async function beginningWith(lab: Lab, name: string, line: string): Promise<Download> {
  return await served(lab, name, (program) => program.replace("'use strict'\n", `'use strict'\n${line}\n`))
}

async function served(lab: Lab, name: string, change: (program: string) => string): Promise<Download> {
  const tarball = lab.prepared.agentTarball
  assert.ok(tarball !== undefined, 'the agent is built')
  return lab.mirror.addFile(await releaseWith(tarball, name, change))
}

export const upgrade: Scenario = {
  name: 'upgrade',
  title: 'releases that do not work are undone; one that does is in place, also after a reboot',
  ci: { leftOut: 'it takes 5 minutes; the unit tests have each way in which a release does not work' },
  images: ['baked'],
  async run({ lab }) {
    const { signal } = lab
    await lab.efs.open()
    const { guest, root } = await lab.launch(bakedImage(lab), await userDataFor(lab))
    await lab.attachDataVolume(guest)
    const disks = [lab.instanceStore, root, lab.dataVolume]
    await timed('the instance boots', () => guest.boot(disks))
    const first = await timed('the run ends', () => waitForRunEnd(guest, { deadlineMs: RUN_DEADLINE_MS, signal }))
    assert.equal(first.outcome, 'converged', describe(first))
    await takeOver(guest, signal)
    const version = await versionOf(guest)

    const dead = await beginningWith(lab, 'dead', 'process.exit(1)')
    const refused = await timed('one that does not start is not taken', () => upgradeTo(guest, dead, [FAILED]))
    assert.ok(refused.stderr.includes(`not upgraded; ${version} stays`), refused.stderr)
    await assertWorks(guest, version, signal)

    // Set by the installed command alone: it works until then.
    const late = await beginningWith(
      lab,
      'late',
      'if (process.env.SLURM_NODE_AGENT_CODE_CACHE !== undefined) process.exit(1)',
    )
    const undone = await timed('one that does not work as the command is undone', () =>
      upgradeTo(guest, late, [FAILED]),
    )
    assert.ok(undone.stderr.includes(`not upgraded; ${version} is back`), undone.stderr)
    await assertWorks(guest, version, signal)

    const next = await served(lab, 'next', (program) => program.replaceAll(`"${version}"`, `"${NEXT}"`))
    const upgraded = await timed('one that works is put in place', () => upgradeTo(guest, next, [0]))
    assert.ok(upgraded.stdout.includes(`Upgraded from ${version} to ${NEXT}.`), upgraded.stdout)
    await assertWorks(guest, NEXT, signal)
    const again = await timed('once more does nothing', () => upgradeTo(guest, next, [0]))
    assert.match(again.stdout, /^Nothing to do: /m)

    await timed('shut down', () => guest.shutDown())
    await timed('boot', () => guest.boot(disks))
    await timed('the user_data is through', () => waitForBootstrap(guest, signal))
    const last = await timed('the run ends', () => waitForRunEnd(guest, { deadlineMs: RUN_DEADLINE_MS, signal }))
    assert.equal(last.outcome, 'converged', describe(last))
    assert.equal(await versionOf(guest), NEXT, 'the boot has left the upgrade alone')
    await timed('all of it holds', () => assertFrontend(lab, guest, exampleConfig()))
  },
}

async function upgradeTo(guest: Guest, { url, sha256 }: Download, ok: readonly number[]) {
  const argv = [AGENT, 'upgrade', '--url', url, '--sha256', sha256]
  return await guest.run(argv, { ok, deadlineMs: UPGRADE_DEADLINE_MS })
}

/** It is the one that runs, and it works. An install.sh has started the timer again. */
async function assertWorks(guest: Guest, version: string, signal: AbortSignal): Promise<void> {
  assert.equal(await versionOf(guest), version)
  await takeOver(guest, signal)
  await guest.run([AGENT, 'apply'], { deadlineMs: RUN_DEADLINE_MS })
}

async function versionOf(guest: Guest): Promise<string> {
  return (await guest.run([AGENT, 'version'])).stdout.trim()
}

/** It goes on beside the boot. */
async function waitForBootstrap(guest: Guest, signal: AbortSignal): Promise<void> {
  const argv = ['journalctl', '--boot', '--output=cat', '--unit=slurm-node-agent-bootstrap.service']
  await waitFor('the user_data', { deadlineMs: 240_000, everyMs: 2000, signal }, async (): Promise<Look<true>> => {
    const { stdout } = await guest.run(argv)
    assert.doesNotMatch(stdout, /Failed with result/)
    return stdout.includes('Deactivated successfully') ? { found: true } : { missing: stdout }
  })
}
