import assert from 'node:assert/strict'
import { stepOf, waitForStepCode } from '../agent-status.ts'
import type { InstanceState } from '../cloud.ts'
import {
  assertSrun,
  bootCluster,
  JOB_SERVERS,
  jobServerOfCluster,
  waitForAll,
  waitForIdle,
} from '../example-cluster.ts'
import type { Guest } from '../guest.ts'
import type { Lab } from '../lab.ts'
import { timed } from '../print.ts'
import { bakedImage, type Scenario } from '../scenario.ts'
import { userDataFor } from '../user-data.ts'

const RANGE = 'job-[1-2]'
const CLAIMS = '/mnt/work/slurm/names'
const RUN_DEADLINE_MS = 900_000

export const nodeNames: Scenario = {
  name: 'node-names',
  title: 'job servers of one user_data take a name each; a third one takes that of one that is gone, and not before',
  ci: { leftOut: 'it takes 10 minutes; the unit tests have every order in which two can claim a name' },
  images: ['baked', 'job'],
  async run({ lab }) {
    const { frontEnd, jobServers } = await bootCluster(lab, { jobServers: [RANGE, RANGE] })
    const [kept, lost] = jobServers
    assert.ok(kept !== undefined && lost !== undefined)
    const names = { kept: await nameOf(kept.guest), lost: await nameOf(lost.guest) }
    assert.deepEqual([names.kept, names.lost].toSorted(), JOB_SERVERS, 'each has a name of its own')
    await assertClaims(frontEnd.guest, { [`${names.kept}.1`]: kept.guest, [`${names.lost}.1`]: lost.guest })

    await timed('one of them shuts down', () => lost.guest.shutDown())
    isNow(lab, lost.guest, 'stopped')
    const third = await lab.launch(bakedImage(lab, 'job'), await userDataFor(lab, jobServerOfCluster(RANGE)))
    await timed('a third one boots', () => third.guest.boot([third.root]))
    const waiting = await timed('it waits for a name', () =>
      waitForStepCode(third.guest, 'node-name', 'NODE_NAMES_TAKEN', {
        deadlineMs: RUN_DEADLINE_MS,
        signal: lab.signal,
      }),
    )
    const { reason = '' } = stepOf(waiting, 'node-name')
    assert.ok(reason.includes(`${names.kept} is ${kept.guest.instance.instanceId} (running)`), reason)
    assert.ok(reason.includes(`${names.lost} is ${lost.guest.instance.instanceId} (stopped)`), reason)

    isNow(lab, lost.guest, 'terminated')
    await waitForAll([third], lab.signal)
    assert.equal(await nameOf(third.guest), names.lost, 'it has the name of the one that is gone')
    assert.equal(await nameOf(kept.guest), names.kept, 'the other one keeps its own')
    await assertClaims(frontEnd.guest, { [`${names.kept}.1`]: kept.guest, [`${names.lost}.2`]: third.guest })
    await timed('the nodes are idle again', () => waitForIdle(frontEnd.guest, JOB_SERVERS.length, lab.signal))
    await timed('srun on both nodes', () => assertSrun(frontEnd.guest))
  },
}

function isNow({ cloud }: Lab, { instance }: Guest, state: InstanceState): void {
  cloud.instances.set(instance.instanceId, { ...instance, state })
}

async function nameOf(guest: Guest): Promise<string> {
  return (await guest.run(['hostname'])).stdout
}

/** By file, the instance that it is for. */
async function assertClaims(guest: Guest, expected: Readonly<Record<string, Guest>>): Promise<void> {
  const { stdout } = await guest.run(['find', CLAIMS, '-type', 'l', '-printf', String.raw`%f %l\n`])
  const lines = Object.entries(expected).map(([file, { instance }]) => `${file} ${instance.instanceId}`)
  assert.deepEqual(stdout.split('\n').toSorted(), lines.toSorted())
}
