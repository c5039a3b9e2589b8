import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CREDENTIALS } from '../credentials.ts'
import { theCluster } from '../example-cluster.ts'
import type { Guest } from '../guest.ts'
import { tracesOf } from '../guest-traces.ts'
import type { Lab } from '../lab.ts'
import { timed } from '../print.ts'
import type { Scenario } from '../scenario.ts'
import { searchFor } from '../secret-search.ts'
import { cluster } from './cluster.ts'

/** A secret of nobody, put where the search must find it. */
const CONTROL = { name: 'the control', bytes: randomBytes(256) }
const CONTROL_IN_LOGS = '/run/lab-control'
const CONTROL_IN_THE_OPEN = '/tmp/lab-control'

export const secrets: Scenario = {
  name: 'secrets',
  title:
    'no part of the Munge key, and no credential, is in a log, state, report, tag, console or open file of a cluster',
  ci: true,
  after: cluster,
  async run({ lab }) {
    const { frontEnd, jobServers } = theCluster(lab)
    const search = searchFor([
      { name: 'the Munge key', bytes: await readFile(join(lab.efs.folder, 'slurm/munge/current')) },
      { name: 'the secret access key', bytes: Buffer.from(CREDENTIALS.secretAccessKey) },
      { name: 'the session token', bytes: Buffer.from(CREDENTIALS.token) },
      CONTROL,
    ])
    const foundOn = async (guest: Guest) =>
      await timed(`look at ${guest.instance.instanceId}`, () => look(lab, guest, search))
    await plantControl(frontEnd.guest)
    const [onFrontEnd, ...onJobServers] = await Promise.all(
      [frontEnd, ...jobServers].map(({ guest }) => foundOn(guest)),
    )
    await frontEnd.guest.run(['rm', CONTROL_IN_LOGS, CONTROL_IN_THE_OPEN])
    assert.deepEqual(onFrontEnd, [
      'the journal: the control as base64',
      `${CONTROL_IN_LOGS}: the control as hex`,
      `${CONTROL_IN_THE_OPEN}: the control`,
    ])
    assert.deepEqual(onJobServers, [[], []])
  },
}

/** A part of it in each spelling: in the journal, in a file of root's in /run, and in one that all may read. */
async function plantControl(guest: Guest): Promise<void> {
  const part = CONTROL.bytes.subarray(100, 130)
  await guest.run(['logger'], { stdin: `${part.toString('base64')}\n` })
  await guest.writeFile(CONTROL_IN_LOGS, part.toString('hex'))
  await guest.run(['chmod', '0600', CONTROL_IN_LOGS])
  await guest.run(['dd', `of=${CONTROL_IN_THE_OPEN}`, 'status=none'], { stdin: part })
}

async function look(lab: Lab, guest: Guest, search: ReturnType<typeof searchFor>): Promise<readonly string[]> {
  const traces = await tracesOf(lab, guest)
  return traces.flatMap(({ where, content }) => search(content).map((name) => `${where}: ${name}`))
}
