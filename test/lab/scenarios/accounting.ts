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
import { timed } from '../print.ts'
import type { Scenario } from '../scenario.ts'
import { userDataFor } from '../user-data.ts'

const JOB = 'to-be-recorded'
const [JOB_SERVER] = JOB_SERVERS

export const accounting: Scenario = {
  name: 'accounting',
  title: 'a job is recorded by slurmdbd, whose database has no password and no port, and a reboot later it still is',
  ci: { leftOut: 'it installs MariaDB and boots three times; the unit tests have each step of it' },
  images: ['baked', 'job'],
  async run({ lab }) {
    const { signal } = lab
    const userData = await userDataFor(lab, { ...frontendOfCluster(), accounting: { enabled: true } })
    const { frontEnd } = await bootCluster(lab, {
      jobServers: [JOB_SERVER],
      userData,
      deadlineMs: ACCOUNTING_DEADLINE_MS,
    })
    const { guest, root } = frontEnd
    await assertClosed(guest)
    await timed('a job', () =>
      asAlice(guest, 'sbatch', '--wait', `--job-name=${JOB}`, '--output=/dev/null', '--wrap=hostname'),
    )
    await timed('it is recorded', () => waitForRecord(guest, signal))

    await timed('shut down', () => guest.shutDown())
    await timed('boot', () => guest.boot([lab.instanceStore, root, lab.dataVolume]))
    await waitForAll([frontEnd], signal)
    await timed('it is still recorded', () => waitForRecord(guest, signal))
    await timed('the node is idle again', () => waitForIdle(guest, 1, signal))
  },
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
