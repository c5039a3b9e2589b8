import assert from 'node:assert/strict'
import { AGENT, handBack, takeOver } from '../agent-status.ts'
import { asAlice, assertSrun, JOB_SERVERS, keySum, theCluster, waitForIdle, waitForJobs } from '../example-cluster.ts'
import type { Guest } from '../guest.ts'
import { journalLine } from '../journal-line.ts'
import type { Lab } from '../lab.ts'
import { timed } from '../print.ts'
import type { Scenario } from '../scenario.ts'
import { type Look, waitFor, withDeadline } from '../wait.ts'
import { cluster } from './cluster.ts'

const REFUSED = 1

/** Where the run is killed: as soon as its log tells of this. */
const PHASES: readonly RegExp[] = [
  /"action":"[^"]*systemctl stop slurmctld/,
  /"action":"make-secret /,
  /"action":"symlink .*munge\/current/,
  /"action":"copy-secret .*munge\.key"/,
  /"code":"MUNGE_KEY_NOT_TAKEN_UP"/,
  /"action":"remove .*munge\/[0-9a-f]+\.key"/,
  /"action":"[^"]*systemctl start slurmctld/,
]

export const rotateKey: Scenario = {
  name: 'rotate-key',
  title: 'the key is replaced while a job runs, killed in each phase; a node that was off takes it up later',
  ci: { leftOut: 'it takes 10 minutes; the unit tests cut it off after each decision' },
  after: cluster,
  async run({ lab }) {
    const { frontEnd, jobServers } = theCluster(lab)
    const { guest } = frontEnd
    await takeOver(guest, lab.signal)
    const before = await keySum(guest)
    await asAlice(guest, 'sbatch', '--nodelist=job-1', '--output=survived', '--wrap=sleep 120; echo survived')
    await waitForJobs(guest, 'to run', (jobs) => jobs.includes('R'), lab.signal)
    const refused = await guest.run([AGENT, 'munge-key', 'rotate'], { ok: [REFUSED] })
    assert.match(refused.stderr, /jobs are running: 1/)
    assert.equal(await keySum(guest), before, 'a refusal changes nothing')

    await timed('the key is replaced under a running job', () => rotate(guest))
    await assertReplaced(lab, before)
    await timed('the job has gone on', () => waitForJobs(guest, 'to end', (jobs) => jobs.length === 0, lab.signal))
    assert.equal(await asAlice(guest, 'cat', 'survived'), 'survived')

    for (const [index, phase] of PHASES.entries()) {
      const old = await keySum(guest)
      await timed(`killed at ${phase.source}`, () => rotateKilled(lab, guest, phase, index))
      await guest.run([AGENT, 'apply'], { deadlineMs: 600_000 })
      await assertReplaced(lab, old)
    }

    const [, off] = jobServers
    assert.ok(off !== undefined)
    await off.guest.shutDown()
    // Without this, it is waited for as long as a node is that may still come.
    await guest.run(['rm', '/mnt/work/slurm/nodes/job-2.munge-key'])
    await timed('the key is replaced while a node is off', () => rotate(guest))
    await timed('that boots', () => off.guest.boot([off.root]))
    await timed('it takes the key up', () => waitForKey(lab, off.guest, guest))
    await handBack(guest)
    await timed('the nodes are idle', () => waitForIdle(guest, JOB_SERVERS.length, lab.signal))
    await timed('srun on both nodes', () => assertSrun(guest))
  },
}

async function rotate(guest: Guest): Promise<void> {
  await guest.run([AGENT, 'munge-key', 'rotate', '--while-jobs-run'], { deadlineMs: 600_000 })
}

/** All have the new key, and the old one is nowhere. */
async function assertReplaced(lab: Lab, old: string): Promise<void> {
  const { frontEnd, jobServers } = theCluster(lab)
  const now = await keySum(frontEnd.guest)
  assert.notEqual(now, old)
  for (const { guest } of jobServers) assert.equal(await keySum(guest), now)
  const { stdout } = await frontEnd.guest.run(['ls', '-A', '/mnt/work/slurm/munge'])
  assert.deepEqual(stdout.split('\n').toSorted(), [`${now}.key`, 'current'].toSorted())
  await timed('the nodes are idle or at work', () => waitForAnswer(lab, frontEnd.guest))
}

/** By a unit of its own, so that it is killed with all that it has started. */
async function rotateKilled(lab: Lab, guest: Guest, phase: RegExp, index: number): Promise<void> {
  const unit = `lab-rotation-${index}.service`
  await guest.run(['systemd-run', '--collect', `--unit=${unit}`, AGENT, 'munge-key', 'rotate', '--while-jobs-run'])
  await withDeadline(phase.source, 300_000, lab.signal, (signal) => journalLine(guest, unit, phase, signal))
  await guest.run(['systemctl', 'kill', '--signal=KILL', unit], { ok: 'any' })
}

/** A node with another key than slurmctld has gets an asterisk, or is down. */
async function waitForAnswer(lab: Lab, guest: Guest): Promise<void> {
  const options = { deadlineMs: 180_000, everyMs: 2_000, signal: lab.signal }
  await waitFor('both nodes to answer', options, async (): Promise<Look<true>> => {
    const { stdout, stderr } = await guest.run(['sinfo', '--noheader', '--Node', '--format', '%N %t'], { ok: 'any' })
    const answering = new Set(stdout.split('\n').filter((line) => /^job-[12] (?:idle|mix|alloc|comp)$/.test(line)))
    return answering.size === JOB_SERVERS.length ? { found: true } : { missing: stdout || stderr }
  })
}

async function waitForKey(lab: Lab, guest: Guest, frontEnd: Guest): Promise<void> {
  const wanted = await keySum(frontEnd)
  const options = { deadlineMs: 300_000, everyMs: 2_000, signal: lab.signal }
  await waitFor('the key of the cluster', options, async (): Promise<Look<true>> => {
    const sum = await keySum(guest)
    return sum === wanted ? { found: true } : { missing: sum }
  })
}
