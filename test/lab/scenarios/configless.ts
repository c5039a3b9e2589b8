import assert from 'node:assert/strict'
import { applyWith, handBack, takeOver } from '../agent-status.ts'
import {
  asAlice,
  bootCluster,
  frontendOfCluster,
  JOB_SERVERS,
  jobServerOfCluster,
  letEnd,
  UNTIL_LET_END,
  waitForFile,
  waitForIdle,
  waitForJobs,
} from '../example-cluster.ts'
import type { Guest } from '../guest.ts'
import { timed } from '../print.ts'
import type { Scenario } from '../scenario.ts'
import { userDataFor } from '../user-data.ts'

const COPY = '/etc/slurm/slurm.conf'
const FETCHED = '/run/slurm/conf/slurm.conf'
const ADDED = { name: 'long', nodes: 'ALL', default: false, maxTime: '7-00:00:00' }
const [JOB_SERVER] = JOB_SERVERS

function fetching(name: string) {
  return { ...jobServerOfCluster(name), slurm: { configless: true } }
}

export const configless: Scenario = {
  name: 'configless',
  title:
    'a job server fetches slurm.conf from slurmctld, follows it, goes back to a copy and fetches it again under a job',
  ci: { leftOut: 'it takes 7 minutes; the unit tests have each step of it' },
  images: ['baked', 'job'],
  async run({ lab }) {
    const { signal } = lab
    const cluster = frontendOfCluster()
    const slurm = { ...cluster.slurm, configless: true }
    const { frontEnd, jobServers } = await bootCluster(lab, {
      jobServers: [JOB_SERVER],
      userData: await userDataFor(lab, { ...cluster, slurm }),
      ofJobServer: fetching,
    })
    const { guest } = frontEnd
    const server = jobServers[0]?.guest
    assert.ok(server !== undefined)
    await assertFetched(guest, server, signal)
    assert.equal(await asAlice(guest, 'srun', 'hostname'), JOB_SERVER)
    assert.equal(await asAlice(server, 'sinfo', '--noheader', '--format', '%P'), 'main*', 'commands find it there, too')

    await takeOver(guest, signal)
    const partitions = [...slurm.partitions, ADDED]
    await timed('a partition is added', () => applyWith(guest, { ...cluster, slurm: { ...slurm, partitions } }))
    const wanted = await guest.readFile(COPY)
    await timed('the job server follows', () => waitForFile(server, FETCHED, wanted, signal))

    await takeOver(server, signal)
    await timed('it takes a copy', () => applyWith(server, jobServerOfCluster(JOB_SERVER)))
    assert.equal(await server.readFile(COPY), wanted)
    assert.doesNotMatch(await commandLineOf(server), /--conf-server/)
    await asAlice(guest, 'sbatch', '--output=went-on', `--wrap=${UNTIL_LET_END}; srun hostname`)
    await waitForJobs(guest, 'to run', (jobs) => jobs.join() === 'R', signal)
    await timed('it fetches again', () => applyWith(server, fetching(JOB_SERVER)))
    assert.match(await commandLineOf(server), /--conf-server/)
    await letEnd(server)
    await timed('the job ends', () => waitForJobs(guest, 'to end', (jobs) => jobs.length === 0, signal))
    assert.equal(await asAlice(guest, 'cat', 'went-on'), JOB_SERVER, 'srun finds slurm.conf in a job that ran before')
    await timed('the node is idle', () => waitForIdle(guest, 1, signal))
    await timed('the copy goes', () => applyWith(server, fetching(JOB_SERVER)))
    await assertFetched(guest, server, signal)
    await handBack(server)
    await handBack(guest)
    assert.equal(await asAlice(guest, 'srun', '--partition=long', 'hostname'), JOB_SERVER)
  },
}

async function assertFetched(frontEnd: Guest, server: Guest, signal: AbortSignal): Promise<void> {
  assert.match(await commandLineOf(server), new RegExp(`--conf-server ${frontEnd.instance.address}$`))
  await waitForFile(server, FETCHED, await frontEnd.readFile(COPY), signal)
  await server.run(['test', '-e', COPY], { ok: [1] })
}

async function commandLineOf(server: Guest): Promise<string> {
  return (await server.run(['ps', '-C', 'slurmd', '-o', 'args='])).stdout
}
