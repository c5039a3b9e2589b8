import assert from 'node:assert/strict'
import { AGENT, handBack, readStatus, takeOver, waitForStepCode } from '../agent-status.ts'
import { ALICE, assertSrun, JOB_SERVERS, keySum, theCluster, waitForIdle } from '../example-cluster.ts'
import { exampleConfig } from '../example-config.ts'
import type { Guest } from '../guest.ts'
import type { Lab } from '../lab.ts'
import { assertDenied, comeFrom } from '../outside.ts'
import { timed } from '../print.ts'
import type { Scenario } from '../scenario.ts'
import { type Look, waitFor } from '../wait.ts'
import { cluster } from './cluster.ts'

/** On the wire of the VPC, and of no network of it. */
const OUTSIDE = '10.1.0.11'
const KEY = '/etc/munge/munge.key'
const SHARED_KEYS = '/mnt/work/slurm/munge'

export const rogue: Scenario = {
  name: 'rogue',
  title:
    'a machine with another Munge key is refused, which plan and status name there; no user reads a key, no stranger mounts',
  ci: true,
  after: cluster,
  async run({ lab }) {
    const { frontEnd, jobServers } = theCluster(lab)
    const [, second] = jobServers
    assert.ok(second !== undefined)
    const { guest } = second
    for (const one of [frontEnd.guest, guest]) await assertHidden(one)

    // The other job server, too: a run of its own would take up the key that the share has for a while.
    const machines = [frontEnd, ...jobServers].map((launched) => launched.guest)
    await Promise.all(machines.map((one) => takeOver(one, lab.signal)))
    const good = await keySum(guest)
    await guest.run(['dd', 'if=/dev/urandom', `of=${KEY}`, 'bs=1024', 'count=1', 'status=none'])
    await guest.run(['systemctl', 'restart', 'munge'])
    await timed('slurmctld refuses it', async () => {
      const { stdout, stderr } = await guest.run(['scontrol', 'show', 'node', 'job-2'], {
        ok: [1],
        deadlineMs: 120_000,
      })
      assert.match(stdout + stderr, /Zero Bytes|authentication|credential/i)
      const log = await frontEnd.guest.run(['tail', '--lines=50', '/var/log/slurm/slurmctld.log'])
      assert.match(log.stdout, /auth_g_verify|Munge decode failed|Invalid credential/i, 'slurmctld tells of it')
    })
    const plan = await guest.run([AGENT, 'plan', '--detailed-exitcode'], { ok: [2], deadlineMs: 120_000 })
    assert.match(plan.stdout, /the local key is not the cluster's/)
    await timed('apply gives it the key of the cluster', () => guest.run([AGENT, 'apply'], { deadlineMs: 300_000 }))
    assert.equal(await keySum(guest), good)
    await timed('status says why, where the agent cannot mend it', () => assertStatusTells(lab, frontEnd.guest, guest))
    assert.equal(await keySum(guest), good)
    await timed('from outside the network, the export cannot be mounted', () => assertShutOut(frontEnd.guest, guest))
    await Promise.all(machines.map(handBack))
    await timed('the nodes are idle', () => waitForIdle(frontEnd.guest, JOB_SERVERS.length, lab.signal))
    await timed('srun on both nodes', () => assertSrun(frontEnd.guest))
  },
}

/** The share's key is replaced behind the back of the front end: the job server takes it up, and slurmctld has the old one. */
async function assertStatusTells(lab: Lab, frontEnd: Guest, guest: Guest): Promise<void> {
  const pointer = `${SHARED_KEYS}/current`
  const old = (await frontEnd.run(['readlink', pointer])).stdout
  const another = `${SHARED_KEYS}/another`
  await frontEnd.run(['dd', 'if=/dev/urandom', `of=${another}`, 'bs=1024', 'count=1', 'status=none'])
  await frontEnd.run(['chmod', '600', another])
  const sum = (await frontEnd.run(['sha256sum', another])).stdout.slice(0, 64)
  await frontEnd.run(['mv', another, `${SHARED_KEYS}/${sum}.key`])
  await frontEnd.run(['ln', '--symbolic', '--force', '--no-dereference', `${sum}.key`, pointer])
  await waitForPointer(guest, `${sum}.key`, lab.signal)
  const before = await readStatus(guest)
  assert.ok(before !== undefined)
  await guest.run(['systemd-run', '--collect', '--unit=lab-rogue.service', AGENT, 'apply'])
  const wait = { deadlineMs: 240_000, signal: lab.signal, after: before.runId }
  await waitForStepCode(guest, 'slurmd', 'SLURMCTLD_NOT_ANSWERING', wait)
  const { stdout } = await guest.run([AGENT, 'status'], { ok: 'any' })
  assert.match(stdout, /credential|authentication/i)
  await guest.run(['systemctl', 'stop', 'lab-rogue.service'])
  await frontEnd.run(['ln', '--symbolic', '--force', '--no-dereference', old, pointer])
  await frontEnd.run(['rm', `${SHARED_KEYS}/${sum}.key`])
  await waitForPointer(guest, old, lab.signal)
  await guest.run([AGENT, 'apply'], { deadlineMs: 300_000 })
}

/** A guest trusts what it knows of a directory of the share for up to a minute (acdirmax). */
async function waitForPointer(guest: Guest, target: string, signal: AbortSignal): Promise<void> {
  const options = { deadlineMs: 120_000, everyMs: 2_000, signal }
  await waitFor('the guest to see the key', options, async (): Promise<Look<true>> => {
    const { stdout } = await guest.run(['readlink', `${SHARED_KEYS}/current`], { ok: [0, 1] })
    return stdout === target ? { found: true } : { missing: stdout }
  })
}

/** The job server without its mount, whose connection would be used again, and with an address of another network. */
async function assertShutOut(frontEnd: Guest, guest: Guest): Promise<void> {
  const { mountPoint } = exampleConfig().dataVolume
  await guest.run(['systemctl', 'stop', 'mnt-shared.automount', 'mnt-shared.mount'])
  const comeBack = await comeFrom(OUTSIDE, frontEnd, guest)
  try {
    await assertDenied(frontEnd, guest, mountPoint)
  } finally {
    await comeBack()
  }
  await guest.run([AGENT, 'apply'], { deadlineMs: 300_000 })
  await guest.run(['findmnt', '--type', 'nfs4', mountPoint])
}

async function assertHidden(guest: Guest): Promise<void> {
  const name = (await guest.run(['ls', SHARED_KEYS])).stdout.split('\n').find((file) => file.endsWith('.key'))
  assert.ok(name !== undefined, 'root sees the key on the share')
  const asks = [
    ['cat', KEY],
    ['ls', SHARED_KEYS],
    ['cat', `${SHARED_KEYS}/${name}`],
    ['cat', `${SHARED_KEYS}/current`],
  ]
  for (const ask of asks) {
    const { exitCode, stderr } = await guest.run(['runuser', '--user', ALICE.name, '--', ...ask], { ok: 'any' })
    assert.notEqual(exitCode, 0, ask.join(' '))
    assert.match(stderr, /Permission denied/, ask.join(' '))
  }
}
