import assert from 'node:assert/strict'
import { AGENT, handBack, takeOver } from '../agent-status.ts'
import { ALICE, assertSrun, JOB_SERVERS, keySum, theCluster, waitForIdle } from '../example-cluster.ts'
import type { Guest } from '../guest.ts'
import { timed } from '../print.ts'
import type { Scenario } from '../scenario.ts'
import { cluster } from './cluster.ts'

const KEY = '/etc/munge/munge.key'
const SHARED_KEYS = '/mnt/work/slurm/munge'

export const rogue: Scenario = {
  name: 'rogue',
  title: 'a machine with another Munge key is refused, which plan names there; no ordinary user reads a key',
  ci: true,
  after: cluster,
  async run({ lab }) {
    const { frontEnd, jobServers } = theCluster(lab)
    const [, second] = jobServers
    assert.ok(second !== undefined)
    const { guest } = second
    for (const one of [frontEnd.guest, guest]) await assertHidden(one)

    await takeOver(guest, lab.signal)
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
    await handBack(guest)
    await timed('the nodes are idle', () => waitForIdle(frontEnd.guest, JOB_SERVERS.length, lab.signal))
    await timed('srun on both nodes', () => assertSrun(frontEnd.guest))
  },
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
