import assert from 'node:assert/strict'
import { AGENT, handBack, takeOver } from '../agent-status.ts'
import { asAlice, assertSrun, JOB_SERVERS, keySum, theCluster, waitForIdle, waitForJobs } from '../example-cluster.ts'
import type { Guest } from '../guest.ts'
import { journalLine } from '../journal-line.ts'
import type { Lab, Launched } from '../lab.ts'
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
  title: 'the key is replaced while a job runs, killed in each phase while a node is off, which takes it up later',
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
    await assertReplaced(guest, jobServers, before)
    await timed('the nodes are idle or at work', () => waitForAnswer(guest, JOB_SERVERS, lab.signal))
    await timed('the job has gone on', () => waitForJobs(guest, 'to end', (jobs) => jobs.length === 0, lab.signal))
    assert.equal(await asAlice(guest, 'cat', 'survived'), 'survived')

    await timed('killed while pending jobs are held back', () => assertNothingBegun(lab, guest))
    const [on, off] = jobServers
    assert.ok(on !== undefined && off !== undefined)
    await timed('a node is switched off', () => switchOff(off.guest, guest, lab.signal))
    for (const [index, phase] of PHASES.entries()) {
      const old = await keySum(guest)
      await timed(`killed at ${phase.source}`, () => rotateKilled(lab, guest, phase, index))
      await guest.run([AGENT, 'apply'], { deadlineMs: 600_000 })
      await assertReplaced(guest, [on], old)
      await timed('the other node answers', () => waitForAnswer(guest, ['job-1'], lab.signal))
    }

    await timed('the node that was off boots', () => off.guest.boot([off.root]))
    await timed('it takes the key up', () => waitForKey(lab, off.guest, guest))
    await handBack(guest)
    await timed('the nodes are idle', () => waitForIdle(guest, JOB_SERVERS.length, lab.signal))
    await timed('srun on both nodes', () => assertSrun(guest))
  },
}

async function rotate(guest: Guest): Promise<void> {
  await guest.run([AGENT, 'munge-key', 'rotate', '--while-jobs-run'], { deadlineMs: 600_000 })
}

/** These have the new key, and the old one is nowhere. */
async function assertReplaced(guest: Guest, jobServers: readonly Launched[], old: string): Promise<void> {
  const now = await keySum(guest)
  assert.notEqual(now, old)
  for (const server of jobServers) assert.equal(await keySum(server.guest), now)
  const { stdout } = await guest.run(['ls', '-A', '/mnt/work/slurm/munge'])
  assert.deepEqual(stdout.split('\n').toSorted(), [`${now}.key`, 'current'].toSorted())
}

/** Until slurmctld has it as down and does not hear of it: by itself that takes SlurmdTimeout. */
async function switchOff(off: Guest, frontEnd: Guest, signal: AbortSignal): Promise<void> {
  await off.shutDown()
  await frontEnd.run(['scontrol', 'update', 'NodeName=job-2', 'State=DOWN', 'Reason=switched off'])
  const options = { deadlineMs: 300_000, everyMs: 2_000, signal }
  await waitFor('job-2 to be down', options, async (): Promise<Look<true>> => {
    const { stdout } = await frontEnd.run(['sinfo', '--noheader', '--nodes=job-2', '--format=%t'])
    return stdout === 'down*' ? { found: true } : { missing: stdout }
  })
}

/** Where it holds pending jobs back to ask whether others run, it has not begun yet: the key stays, and they go on. */
async function assertNothingBegun(lab: Lab, guest: Guest): Promise<void> {
  const old = await keySum(guest)
  const unit = 'lab-rotation-held.service'
  await start(guest, unit)
  // By the shell alone: it lasts a second.
  const held = 'until scontrol show reservation slurm-node-agent >/dev/null 2>&1; do :; done'
  await guest.run(['sh', '-c', `${held}; systemctl kill --signal=KILL ${unit}`], { deadlineMs: 120_000 })
  await waitForKill(guest, unit, lab.signal)
  await guest.run([AGENT, 'apply'], { deadlineMs: 600_000 })
  assert.equal(await keySum(guest), old)
  await asAlice(guest, 'srun', 'true')
}

async function rotateKilled(lab: Lab, guest: Guest, phase: RegExp, index: number): Promise<void> {
  const unit = `lab-rotation-${index}.service`
  await start(guest, unit, '--while-jobs-run')
  await withDeadline(phase.source, 300_000, lab.signal, (signal) => journalLine(guest, unit, phase, signal))
  await guest.run(['systemctl', 'kill', '--signal=KILL', unit])
  await waitForKill(guest, unit, lab.signal)
}

/** By a unit of its own, so that it is killed with all that it has started. */
async function start(guest: Guest, unit: string, ...options: readonly string[]): Promise<void> {
  await guest.run(['systemd-run', `--unit=${unit}`, AGENT, 'munge-key', 'rotate', ...options])
}

/** It had not ended by itself. */
async function waitForKill(guest: Guest, unit: string, signal: AbortSignal): Promise<void> {
  const options = { deadlineMs: 30_000, everyMs: 500, signal }
  await waitFor(`${unit} to be killed`, options, async (): Promise<Look<true>> => {
    const { stdout } = await guest.run(['systemctl', 'show', '--property=Result', '--value', unit])
    return stdout === 'signal' ? { found: true } : { missing: stdout }
  })
  await guest.run(['systemctl', 'reset-failed', unit])
}

/** A node with another key than slurmctld has gets an asterisk, or is down. */
async function waitForAnswer(guest: Guest, nodes: readonly string[], signal: AbortSignal): Promise<void> {
  const options = { deadlineMs: 180_000, everyMs: 2_000, signal }
  await waitFor(`${nodes.join(' and ')} to answer`, options, async (): Promise<Look<true>> => {
    const { stdout, stderr } = await guest.run(['sinfo', '--noheader', '--Node', '--format', '%N %t'], { ok: 'any' })
    const lines = stdout.split('\n')
    const answers = (node: string) => lines.some((line) => new RegExp(`^${node} (?:idle|mix|alloc|comp)$`).test(line))
    return nodes.every(answers) ? { found: true } : { missing: stdout || stderr }
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
