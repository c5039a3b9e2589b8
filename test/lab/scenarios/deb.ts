import assert from 'node:assert/strict'
import { basename } from 'node:path'
import { agentPackage } from '../agent-package.ts'
import { AGENT, TIMER, takeOver, UNIT } from '../agent-status.ts'
import { type ExampleConfig, exampleConfig } from '../example-config.ts'
import { assertDataVolume, assertFrontend, assertMunge, assertShare, assertSlurm } from '../frontend-assertions.ts'
import type { Guest } from '../guest.ts'
import type { Lab } from '../lab.ts'
import { timed } from '../print.ts'
import { readmeCommands } from '../readme.ts'
import { bakedImage, type Scenario } from '../scenario.ts'
import { type Look, waitFor } from '../wait.ts'

const NO_USER_DATA = '#!/bin/sh\n'
const CONFIG = '/etc/slurm-node-agent/config.json'
const APT_DEADLINE_MS = 300_000
const RUN_DEADLINE_MS = 600_000

export const deb: Scenario = {
  name: 'deb',
  title:
    'an instance without user_data gets the agent as a Debian package, word for word by the README; its removal leaves Slurm running',
  ci: { leftOut: 'it takes 5 minutes; the unit tests have dpkg install, remove and purge the package' },
  images: ['baked'],
  async run({ lab }) {
    const { signal } = lab
    const config = exampleConfig()
    const { url } = await agentPackage(lab)
    await lab.efs.open()
    const { guest, root } = await lab.launch(bakedImage(lab), NO_USER_DATA)
    await lab.attachDataVolume(guest)
    await timed('the instance boots', () => guest.boot([lab.instanceStore, root, lab.dataVolume]))

    await guest.run(['curl', '--fail', '--silent', '--show-error', '--output', basename(url), url])
    await guest.writeFile('config.json', JSON.stringify(config))
    const [install = '', ...setUp] = await readmeCommands('sudo apt install')
    await asTyped(guest, install)
    assert.equal((await guest.run(['systemctl', 'is-active', TIMER])).stdout, 'active')
    await takeOver(guest, signal)
    const { stdout: state } = await guest.run(['systemctl', 'show', '--property=ActiveState,ConditionResult', UNIT])
    assert.deepEqual(state.split('\n').toSorted(), ['ActiveState=inactive', 'ConditionResult=no'])
    await letHoursPass(guest, signal)
    for (const command of setUp) await asTyped(guest, command)
    await waitForTimer(guest, 'waiting', signal)
    await timed('all of it holds', () => assertFrontend(lab, guest, config))

    await timed('the package is removed', () => apt(guest, 'remove', 'slurm-node-agent'))
    await assertGone(guest, AGENT, ...[UNIT, TIMER].map((unit) => `/etc/systemd/system/${unit}`))
    await guest.run(['test', '-e', CONFIG])
    await timed('Slurm runs on', () => assertRunsOn(lab, guest, config))
    await timed('the package is purged', () => apt(guest, 'purge', 'slurm-node-agent'))
    await assertGone(guest, CONFIG, '/var/log/slurm-node-agent', '/opt/slurm-node-agent')
    await timed('Slurm runs on', () => assertRunsOn(lab, guest, config))
  },
}

/** As on a machine that has been up for longer than the last of the timer's times after a boot. */
async function letHoursPass(guest: Guest, signal: AbortSignal): Promise<void> {
  const folder = `/run/systemd/system/${TIMER}.d`
  await guest.run(['mkdir', '-p', folder])
  await guest.writeFile(`${folder}/hours.conf`, '[Timer]\nOnBootSec=\nOnBootSec=1s\n')
  await guest.run(['systemctl', 'daemon-reload'])
  await guest.run(['systemctl', 'start', TIMER])
  await waitForTimer(guest, 'elapsed', signal)
}

async function waitForTimer(guest: Guest, wanted: string, signal: AbortSignal): Promise<void> {
  await waitFor(`the timer to be ${wanted}`, { deadlineMs: 60_000, signal }, async (): Promise<Look<true>> => {
    const { stdout } = await guest.run(['systemctl', 'show', '--property=SubState,NextElapseUSecMonotonic', TIMER])
    return stdout.includes(`SubState=${wanted}`) ? { found: true } : { missing: stdout }
  })
}

async function asTyped(guest: Guest, command: string): Promise<void> {
  await timed(command, () => guest.run(['sh', '-c', command], { deadlineMs: RUN_DEADLINE_MS }))
}

async function apt(guest: Guest, verb: string, what: string): Promise<void> {
  const argv = ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', verb, '--yes', what]
  await guest.run(argv, { deadlineMs: APT_DEADLINE_MS })
}

async function assertGone(guest: Guest, ...paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const { exitCode } = await guest.run(['test', '-e', path], { ok: [0, 1] })
    assert.equal(exitCode, 1, `${path} is gone`)
  }
}

/** Also when its daemons are started anew. */
async function assertRunsOn(lab: Lab, guest: Guest, config: ExampleConfig): Promise<void> {
  await guest.run(['systemctl', 'restart', 'munge', 'slurmctld'])
  await waitFor('slurmctld', { deadlineMs: 120_000, signal: lab.signal }, async (): Promise<Look<true>> => {
    const { stdout } = await guest.run(['scontrol', 'ping'], { ok: 'any' })
    return stdout.includes('is UP') ? { found: true } : { missing: stdout }
  })
  await assertMunge(lab, guest)
  await assertSlurm(lab, guest, config)
  await assertShare(lab, guest, config.efs.mountPoint)
  await assertDataVolume(lab, guest, config.dataVolume.mountPoint)
}
