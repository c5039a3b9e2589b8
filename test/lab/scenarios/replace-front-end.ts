import assert from 'node:assert/strict'
import { handBack, takeOver, waitForStepCode } from '../agent-status.ts'
import { bootCluster, frontendOfCluster, waitForAll, waitForIdle } from '../example-cluster.ts'
import type { Guest } from '../guest.ts'
import { DATA_VOLUME_ID } from '../lab.ts'
import { timed } from '../print.ts'
import { replacementOf } from '../replacement.ts'
import type { Scenario } from '../scenario.ts'
import { assertBothEnd, submitTwo } from '../two-jobs.ts'
import { userDataFor } from '../user-data.ts'

/** What survives the machine: the state of slurmctld is on the share. */
function config() {
  const cluster = frontendOfCluster()
  return { ...cluster, slurm: { ...cluster.slurm, stateSaveLocation: `${cluster.efs.mountPoint}/slurmctld` } }
}

export const replaceFrontEnd: Scenario = {
  name: 'replace-front-end',
  title: 'the front end is lost while a job runs and one is queued; a new instance takes its place, and both end well',
  ci: { leftOut: 'it takes 6 minutes; CI has the reboot of a front end' },
  images: ['baked', 'job'],
  async run({ lab }) {
    const { signal } = lab
    const userData = await userDataFor(lab, config())
    const { frontEnd: first, jobServers } = await bootCluster(lab, { jobServers: ['job-1'], userData })
    const [server] = jobServers
    assert.ok(server !== undefined)
    const before = { slurmd: await invocationOf(server.guest), data: await uuidOf(first.guest) }

    const jobs = await submitTwo(first.guest, signal)
    const second = await replacementOf(lab, first, userData)
    const { guest, root } = second
    await timed('another one boots', () => guest.boot([root, lab.instanceStore]))
    await timed('it is not the front end without the volume', () =>
      waitForStepCode(guest, 'front-end', 'FRONT_END_ELSEWHERE', { deadlineMs: 240_000, signal }),
    )
    await guest.run(['systemctl', 'is-active', 'slurmctld'], { ok: [3] })
    await lab.attachDataVolume(guest)
    await waitForAll([second], signal)
    assert.equal(await uuidOf(guest), before.data, 'nothing was formatted')
    await assertBothEnd(guest, server.guest, jobs, signal)
    assert.equal(await invocationOf(server.guest), before.slurmd, 'slurmd was not touched')
    await timed('the node is idle', () => waitForIdle(guest, 1, signal))
    await timed('where another is the front end, slurmctld does not begin', () => assertHeldBack(guest, signal))
  },
}

/** As on the one that was lost, if it is started again; the volume then shows that it is the front end after all. */
async function assertHeldBack(guest: Guest, signal: AbortSignal): Promise<void> {
  await takeOver(guest, signal)
  const link = `${config().efs.mountPoint}/slurm/front-end`
  const other = `i-0aaaaaaaaaaaaaaaa/${DATA_VOLUME_ID}`
  await guest.run(['ln', '--symbolic', '--force', '--no-dereference', other, link])
  await guest.run(['systemctl', 'restart', 'slurmctld'])
  const { stdout } = await guest.run(['systemctl', 'show', '--property=ActiveState,Result', 'slurmctld'])
  assert.deepEqual(stdout.split('\n').toSorted(), ['ActiveState=inactive', 'Result=exec-condition'])
  await handBack(guest)
  await guest.run(['systemctl', 'is-active', 'slurmctld'])
}

async function invocationOf(guest: Guest): Promise<string> {
  return (await guest.run(['systemctl', 'show', '--property=InvocationID', 'slurmd'])).stdout
}

async function uuidOf(guest: Guest): Promise<string> {
  return (await guest.run(['findmnt', '--noheadings', '--output', 'UUID', '--mountpoint', '/mnt/shared'])).stdout
}
