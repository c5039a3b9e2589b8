import assert from 'node:assert/strict'
import {
  asAlice,
  frontendOfCluster,
  JOB_SERVERS,
  jobServerOfCluster,
  waitForAll,
  waitForIdle,
} from '../example-cluster.ts'
import type { Guest } from '../guest.ts'
import { timed } from '../print.ts'
import { bakedImage, type Scenario } from '../scenario.ts'
import { frontendUserData } from '../user-data.ts'
import { type Look, waitFor } from '../wait.ts'

const JOB = 'to-be-recorded'
const [JOB_SERVER] = JOB_SERVERS
/** MariaDB is installed, which no image has. */
const RUN_DEADLINE_MS = 1_800_000

export const accounting: Scenario = {
  name: 'accounting',
  title: 'a job is recorded by slurmdbd, whose database has no password and no port, and a reboot later it still is',
  ci: { leftOut: 'it installs MariaDB and boots three times; the unit tests have each step of it' },
  images: ['baked', 'job'],
  async run({ lab }) {
    const { signal } = lab
    await lab.efs.open()
    const configuration = { ...frontendOfCluster(), accounting: { enabled: true } }
    const frontEnd = await lab.launch(bakedImage(lab), await frontendUserData(lab, configuration))
    const jobUserData = await frontendUserData(lab, jobServerOfCluster(JOB_SERVER))
    const jobServer = await lab.launch(bakedImage(lab, 'job'), jobUserData)
    await lab.attachDataVolume(frontEnd.guest)
    const { guest } = frontEnd
    const disks = [lab.instanceStore, frontEnd.root, lab.dataVolume]
    await timed('the instances boot', () => Promise.all([guest.boot(disks), jobServer.guest.boot([jobServer.root])]))
    await waitForAll([frontEnd, jobServer], signal, RUN_DEADLINE_MS)
    await timed('the node is idle', () => waitForIdle(guest, 1, signal))
    await assertClosed(guest)
    await timed('a job', () =>
      asAlice(guest, 'sbatch', '--wait', `--job-name=${JOB}`, '--output=/dev/null', '--wrap=hostname'),
    )
    await timed('it is recorded', () => waitForRecord(guest, signal))

    await timed('shut down', () => guest.shutDown())
    await timed('boot', () => guest.boot(disks))
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

/** slurmctld tells slurmdbd of it some seconds later. */
async function waitForRecord(guest: Guest, signal: AbortSignal): Promise<void> {
  const ask = [
    'sacct',
    '--allusers',
    '--allocations',
    '--noheader',
    '--parsable2',
    '--starttime=now-1days',
    `--name=${JOB}`,
  ]
  const argv = [...ask, '--format=JobName,User,State,NodeList']
  await waitFor(
    'sacct to show the job',
    { deadlineMs: 120_000, everyMs: 2_000, signal },
    async (): Promise<Look<true>> => {
      const { stdout, stderr } = await guest.run(argv, { ok: 'any' })
      return stdout === `${JOB}|alice|COMPLETED|${JOB_SERVER}` ? { found: true } : { missing: stdout || stderr }
    },
  )
}
