import assert from 'node:assert/strict'
import { AGENT, handBack, takeOver } from '../agent-status.ts'
import {
  asAlice,
  frontendOfCluster,
  JOB_SERVERS,
  jobServerOfCluster,
  waitForAll,
  waitForFile,
  waitForIdle,
  waitForJobs,
} from '../example-cluster.ts'
import type { Guest } from '../guest.ts'
import { timed } from '../print.ts'
import { bakedImage, type Scenario } from '../scenario.ts'
import { frontendUserData } from '../user-data.ts'

const CONFIG_FILE = '/etc/slurm-node-agent/config.json'
const COPY = '/etc/slurm/slurm.conf'
const FETCHED = '/run/slurm/conf/slurm.conf'
/** In Alice's home, which the job sees, too. */
const SWITCHED = 'switched'
const ADDED = { name: 'long', nodes: 'ALL', default: false, maxTime: '7-00:00:00' }
const [JOB_SERVER] = JOB_SERVERS
const FETCHING = { ...jobServerOfCluster(JOB_SERVER), slurm: { configless: true } }

export const configless: Scenario = {
  name: 'configless',
  title:
    'a job server fetches slurm.conf from slurmctld, follows it, goes back to a copy and fetches it again under a job',
  ci: { leftOut: 'it takes 7 minutes; the unit tests have each step of it' },
  images: ['baked', 'job'],
  async run({ lab }) {
    const { signal } = lab
    await lab.efs.open()
    const cluster = frontendOfCluster()
    const slurm = { ...cluster.slurm, configless: true }
    const frontEnd = await lab.launch(bakedImage(lab), await frontendUserData(lab, { ...cluster, slurm }))
    const jobServer = await lab.launch(bakedImage(lab, 'job'), await frontendUserData(lab, FETCHING))
    await lab.attachDataVolume(frontEnd.guest)
    const { guest } = frontEnd
    const server = jobServer.guest
    const disks = [lab.instanceStore, frontEnd.root, lab.dataVolume]
    await timed('the instances boot', () => Promise.all([guest.boot(disks), server.boot([jobServer.root])]))
    await waitForAll([frontEnd, jobServer], signal)
    await timed('the node is idle', () => waitForIdle(guest, 1, signal))
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
    const script = `until test -e ${SWITCHED}; do sleep 1; done; srun hostname`
    await asAlice(guest, 'sbatch', '--output=went-on', `--wrap=${script}`)
    await waitForJobs(guest, 'to run', (jobs) => jobs.join() === 'R', signal)
    await timed('it fetches again', () => applyWith(server, FETCHING))
    await assertFetched(guest, server, signal)
    await asAlice(guest, 'touch', SWITCHED)
    await timed('the job ends', () => waitForJobs(guest, 'to end', (jobs) => jobs.length === 0, signal))
    assert.equal(await asAlice(guest, 'cat', 'went-on'), JOB_SERVER, 'srun finds slurm.conf in a job that ran before')
    await handBack(server)
    await handBack(guest)
    await timed('the node is idle', () => waitForIdle(guest, 1, signal))
    assert.equal(await asAlice(guest, 'srun', '--partition=long', 'hostname'), JOB_SERVER)
  },
}

async function applyWith(guest: Guest, config: object): Promise<void> {
  await guest.writeFile(CONFIG_FILE, JSON.stringify(config))
  await guest.run([AGENT, 'apply'], { deadlineMs: 300_000 })
}

async function assertFetched(frontEnd: Guest, server: Guest, signal: AbortSignal): Promise<void> {
  assert.match(await commandLineOf(server), new RegExp(`--conf-server ${frontEnd.instance.address}$`))
  await waitForFile(server, FETCHED, await frontEnd.readFile(COPY), signal)
  await server.run(['test', '-e', COPY], { ok: [1] })
}

async function commandLineOf(server: Guest): Promise<string> {
  return (await server.run(['ps', '-C', 'slurmd', '-o', 'args='])).stdout
}
