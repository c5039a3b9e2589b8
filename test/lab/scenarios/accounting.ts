import assert from 'node:assert/strict'
import {
  ACCOUNTING_DEADLINE_MS,
  asAlice,
  bootCluster,
  frontendOfCluster,
  JOB_SERVERS,
  waitForAll,
  waitForIdle,
} from '../example-cluster.ts'
import type { Guest } from '../guest.ts'
import { waitForRecords } from '../job-records.ts'
import { boothook, multipart } from '../multipart.ts'
import { timed } from '../print.ts'
import { replacementOf } from '../replacement.ts'
import type { Scenario } from '../scenario.ts'
import { assertBothEnd, submitTwo, waitForRecordsOfBoth } from '../two-jobs.ts'
import { userDataFor } from '../user-data.ts'

const JOB = 'to-be-recorded'
const [JOB_SERVER] = JOB_SERVERS
const DATABASE = '/mnt/shared/slurm-accounting'
/** On the second front end it has the number that mysql has on the first: adduser, as packages do, takes the least. */
const OTHER_NUMBERS = `#!/bin/sh
set -eu
adduser --quiet --system --group of-another-package
`

/** Both on the data volume: the database by default, slurmctld's state by configuration. */
function config() {
  const cluster = frontendOfCluster()
  const stateSaveLocation = `${cluster.dataVolume.mountPoint}/slurmctld`
  return { ...cluster, slurm: { ...cluster.slurm, stateSaveLocation }, accounting: { enabled: true } }
}

export const accounting: Scenario = {
  name: 'accounting',
  title:
    'a job is recorded by slurmdbd, whose database has no password and no port; with the data volume another front end has that, the queue and the running job',
  ci: { leftOut: 'it installs MariaDB twice; the unit tests have each step of it' },
  images: ['baked', 'job'],
  async run({ lab }) {
    const { signal } = lab
    const agent = await userDataFor(lab, config())
    const { frontEnd: first, jobServers } = await bootCluster(lab, {
      jobServers: [JOB_SERVER],
      userData: agent,
      deadlineMs: ACCOUNTING_DEADLINE_MS,
    })
    const [server] = jobServers
    assert.ok(server !== undefined)
    await assertClosed(first.guest)
    await timed('a job', () =>
      asAlice(first.guest, 'sbatch', '--wait', `--job-name=${JOB}`, '--output=/dev/null', '--wrap=hostname'),
    )
    await timed('it is recorded', () => waitForRecord(first.guest, signal))
    const jobs = await submitTwo(first.guest, signal)
    const before = await numberOfMysql(first.guest)

    const second = await replacementOf(lab, first, multipart([boothook(OTHER_NUMBERS), boothook(agent)]))
    const { guest, root } = second
    await timed('another one boots', () => guest.boot([root, lab.instanceStore]))
    await lab.attachDataVolume(guest)
    await waitForAll([second], signal, ACCOUNTING_DEADLINE_MS)
    assert.notEqual(await numberOfMysql(guest), before, 'mysql is another one')
    const { stdout: foreign } = await guest.run(['find', DATABASE, '!', '-user', 'mysql'])
    assert.equal(foreign, '', 'all of the database is its own')
    await assertBothEnd(guest, server.guest, jobs, signal)
    await timed('what was recorded still is', () => waitForRecord(guest, signal))
    await timed('both are recorded', () => waitForRecordsOfBoth(guest, jobs, JOB_SERVER, signal))
    await timed('the node is idle', () => waitForIdle(guest, 1, signal))
  },
}

async function numberOfMysql(guest: Guest): Promise<string> {
  return (await guest.run(['id', '--user', 'mysql'])).stdout
}

/** Nobody but slurm and root comes to the database, and nobody at all by the network. */
async function assertClosed(guest: Guest): Promise<void> {
  const { stdout: listening } = await guest.run(['ss', '--no-header', '--listening', '--tcp', '--numeric'])
  assert.doesNotMatch(listening, /:3306\b/, 'MariaDB has no port')
  const { stdout: permissions } = await guest.run(['stat', '--format=%U:%G %a', '/etc/slurm/slurmdbd.conf'])
  assert.equal(permissions, 'slurm:slurm 600')
  const asNobody = ['runuser', '--user', 'nobody', '--', 'mariadb', '--user=slurm', '--execute=SELECT 1']
  const { stderr } = await guest.run(asNobody, { ok: [1] })
  assert.match(stderr, /Access denied/, 'nobody is not slurm')
}

async function waitForRecord(guest: Guest, signal: AbortSignal): Promise<void> {
  const record = [`${JOB}|alice|COMPLETED|${JOB_SERVER}`]
  await waitForRecords(guest, `--name=${JOB}`, 'JobName,User,State,NodeList', record, signal)
}
