import assert from 'node:assert/strict'
import { waitForConvergence } from '../agent-status.ts'
import {
  ALICE,
  asAlice,
  assertSrun,
  BOB,
  bootCluster,
  FEATURE,
  GRES,
  JOB_SERVERS,
  keySum,
  waitForFile,
} from '../example-cluster.ts'
import type { Guest } from '../guest.ts'
import { timed } from '../print.ts'
import type { Scenario } from '../scenario.ts'

const ARRAY = 20
export const cluster: Scenario = {
  name: 'cluster',
  title: 'a front end and two job servers, booted at once, run jobs of a user that write to the shared volume',
  ci: true,
  images: ['baked', 'job'],
  async run({ lab }) {
    const { frontEnd, jobServers } = await bootCluster(lab, { jobServers: JOB_SERVERS })
    const { guest } = frontEnd
    const { stdout: nodes } = await guest.run([
      'sinfo',
      '--noheader',
      '--Node',
      '--states=idle',
      '--format',
      '%N %c %m',
    ])
    assert.match(nodes, /^job-1 2 18\d\d\njob-2 2 18\d\d$/, 'with the hardware that they have')
    for (const server of jobServers) {
      await timed('it follows slurm.conf', () => waitForConfigurations(guest, server.guest, lab.signal))
      await assertJobServer(guest, server.guest)
    }
    await timed('srun on both nodes', () => assertSrun(guest))
    await timed('a job gets the device that it asks for', async () => {
      const asked = [`--constraint=${FEATURE}`, `--gres=${GRES}:1`]
      const { stdout } = await guest.run(['sinfo', '--noheader', '--format', '%f %G'])
      assert.match(stdout, new RegExp(`^${FEATURE} ${GRES}:1`, 'm'))
      assert.match(await asAlice(guest, 'srun', ...asked, 'hostname'), /^job-[12]$/)
      await guest.run(['runuser', '--user', ALICE.name, '--', 'srun', '--immediate=5', `--gres=${GRES}:2`, 'true'], {
        ok: [1],
      })
    })
    await timed(`an array of ${ARRAY} jobs`, () => assertArray(guest))
    await timed('a job of a user whose home is on the share', () => assertHomeOnShare(guest))
  },
}

async function assertArray(guest: Guest): Promise<void> {
  const output = `--output=${ALICE.home}/%a`
  const script = 'id --user --name; hostname'
  await asAlice(guest, 'sbatch', '--wait', `--array=1-${ARRAY}`, output, `--wrap=${script}`)
  for (let task = 1; task <= ARRAY; task += 1) {
    assert.match(await guest.readFile(`${ALICE.home}/${task}`), /^alice\njob-[12]$/, `task ${task}`)
  }
}

async function assertHomeOnShare(guest: Guest): Promise<void> {
  const login = ['runuser', '--user', BOB.name, '--', 'env', `--chdir=${BOB.home}`]
  const script = 'id --user --name; hostname; stat --file-system --format=%T .'
  await guest.run([...login, 'sbatch', '--wait', '--output=told', `--wrap=${script}`], { deadlineMs: 120_000 })
  assert.match(await guest.readFile(`${BOB.home}/told`), /^bob\njob-[12]\nnfs$/)
}

/** A node is idle also with the slurm.conf from before the last one told of itself; the newest comes with its next run. */
async function waitForConfigurations(frontEnd: Guest, guest: Guest, signal: AbortSignal): Promise<void> {
  for (const file of ['slurm.conf', 'cgroup.conf', 'gres.conf']) {
    const path = `/etc/slurm/${file}`
    await waitForFile(guest, path, await frontEnd.readFile(path), signal)
  }
  // slurmd is restarted for it later in that run.
  await waitForConvergence(guest, { deadlineMs: 300_000, signal })
}

/** What a person would look at. */
async function assertJobServer(frontEnd: Guest, guest: Guest): Promise<void> {
  const out = async (...argv: string[]) => (await guest.run(argv)).stdout
  const mount = await out('findmnt', '--noheadings', '--types', 'nfs4', '--output', 'SOURCE,OPTIONS', '/mnt/shared')
  assert.match(mount, new RegExp(`^${frontEnd.instance.address}:/mnt/shared\\s+\\S*vers=4\\.2,\\S*hard`))
  assert.equal(await out('systemctl', 'is-active', 'slurmd'), 'active')
  assert.equal(await out('systemctl', 'is-enabled', 'slurmd'), 'enabled')
  assert.equal(await keySum(guest), await keySum(frontEnd), 'both have the same key')
  assert.equal(await out('stat', '-c', '%U:%G %a', '/etc/munge/munge.key'), 'munge:munge 400')
  const credential = await out('munge', '-n')
  const { stdout } = await frontEnd.run(['unmunge'], { stdin: `${credential}\n` })
  assert.match(stdout, /STATUS:\s+Success/, 'a credential of the job server is good on the front end')
}
