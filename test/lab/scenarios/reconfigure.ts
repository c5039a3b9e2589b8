import assert from 'node:assert/strict'
import { applyWith, handBack, takeOver } from '../agent-status.ts'
import {
  asAlice,
  frontendOfCluster,
  letEnd,
  theCluster,
  UNTIL_LET_END,
  waitForFile,
  waitForIdle,
  waitForJobs,
} from '../example-cluster.ts'
import { timed } from '../print.ts'
import type { Scenario } from '../scenario.ts'
import { cluster } from './cluster.ts'

const CONF = '/etc/slurm/slurm.conf'
const ADDED = { name: 'long', nodes: 'job-[1-2]', default: false, maxTime: '7-00:00:00' }
/** slurmctld drains the nodes for it, until their slurmds tell of it as well. */
const ADDED_GRES = { name: 'tape', count: 1 }

export const reconfigure: Scenario = {
  name: 'reconfigure',
  title: 'a partition and a gres are added while a job runs: the job servers follow by themselves, and the job goes on',
  ci: { leftOut: 'it takes 5 minutes; the unit tests have each step of it' },
  after: cluster,
  async run({ lab }) {
    const { signal } = lab
    const { frontEnd, jobServers } = theCluster(lab)
    const { guest } = frontEnd
    const [busy] = jobServers
    assert.ok(busy !== undefined)
    await takeOver(guest, signal)
    await asAlice(guest, 'sbatch', '--nodelist=job-1', '--output=went-on', `--wrap=${UNTIL_LET_END}; echo went on`)
    await waitForJobs(guest, 'to run', (jobs) => jobs.includes('R'), signal)

    const config = frontendOfCluster()
    const partitions = [...config.slurm.partitions, ADDED]
    const nodes = config.slurm.nodes.map((node) => ({ ...node, gres: [...node.gres, ADDED_GRES] }))
    const wider = { ...config, slurm: { ...config.slurm, nodes, partitions } }
    await timed('apply on the front end', () => applyWith(guest, wider))
    assert.match((await guest.run(['sinfo', '--noheader', '--format', '%P'])).stdout, /^long$/m)
    const wanted = await guest.readFile(CONF)
    for (const server of jobServers) {
      await timed(`${server.guest.instance.address} follows`, () => waitForFile(server.guest, CONF, wanted, signal))
    }
    const { stdout: states } = await guest.run(['squeue', '--noheader', '--format=%t'])
    assert.equal(states, 'R', 'the job still runs')
    await letEnd(busy.guest)
    await timed('the job ends', () => waitForJobs(guest, 'to end', (jobs) => jobs.length === 0, signal))
    assert.equal(await asAlice(guest, 'cat', 'went-on'), 'went on')
    await handBack(guest)
    await timed('the nodes are idle', () => waitForIdle(guest, jobServers.length, signal))
    const asked = ['--partition=long', '--nodes=2', `--gres=${ADDED_GRES.name}:1`]
    const names = await asAlice(guest, 'srun', ...asked, 'hostname')
    assert.deepEqual(names.split('\n').toSorted(), ['job-1', 'job-2'])
  },
}
