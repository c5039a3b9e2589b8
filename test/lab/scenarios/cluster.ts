import assert from 'node:assert/strict'
import { describe, waitForRunEnd } from '../agent-status.ts'
import { exampleConfig, exampleJobConfig } from '../example-config.ts'
import type { Guest } from '../guest.ts'
import type { Launched } from '../lab.ts'
import { timed } from '../print.ts'
import { bakedImage, type Scenario } from '../scenario.ts'
import { frontendUserData } from '../user-data.ts'
import { type Look, waitFor } from '../wait.ts'

const ALICE = { name: 'alice', uid: 2001, home: '/mnt/shared/home/alice' } as const
const USERS = { users: [ALICE] }
/** So that nobody waits long for what another has published. */
const SOON = { convergeIntervalSeconds: 15 }
const JOB_SERVERS = ['job-1', 'job-2'] as const
const ARRAY = 20
const RUN_DEADLINE_MS = 900_000

export const cluster: Scenario = {
  name: 'cluster',
  title: 'a front end and two job servers, booted at once, run jobs of a user that write to the shared volume',
  ci: true,
  images: ['baked', 'job'],
  async run({ lab }) {
    const { signal } = lab
    const example = exampleConfig()
    const slurm = { ...example.slurm, nodes: [{ name: 'job-[1-4]', cpus: 2, memoryMiB: 1500 }] }
    const config = { ...example, ...USERS, ...SOON, slurm }
    await lab.efs.open()
    const frontEnd = await lab.launch(bakedImage(lab), await frontendUserData(lab, config))
    const jobServers: Launched[] = []
    for (const name of JOB_SERVERS) {
      const userData = await frontendUserData(lab, { ...exampleJobConfig(name), ...USERS, ...SOON })
      jobServers.push(await lab.launch(bakedImage(lab, 'job'), userData))
    }
    await lab.attachDataVolume(frontEnd.guest)
    await timed('the instances boot', () =>
      Promise.all([
        frontEnd.guest.boot([lab.instanceStore, frontEnd.root, lab.dataVolume]),
        ...jobServers.map(({ guest, root }) => guest.boot([root])),
      ]),
    )
    for (const { guest } of [frontEnd, ...jobServers]) {
      const status = await timed(`the run on ${guest.instance.address} ends`, () =>
        waitForRunEnd(guest, { deadlineMs: RUN_DEADLINE_MS, signal }),
      )
      assert.equal(status.outcome, 'converged', describe(status))
    }
    const { guest } = frontEnd
    await timed('the nodes are idle', () => waitForIdle(guest, signal))
    for (const server of jobServers) await assertJobServer(guest, server.guest)
    await timed('srun on both nodes', () => assertSrun(guest))
    await timed(`an array of ${ARRAY} jobs`, () => assertArray(guest))
  },
}

async function waitForIdle(guest: Guest, signal: AbortSignal): Promise<void> {
  await waitFor('two idle nodes', { deadlineMs: 120_000, everyMs: 2_000, signal }, async (): Promise<Look<true>> => {
    const { stdout } = await guest.run(['sinfo', '--noheader', '--Node', '--format', '%N %t'])
    const idle = stdout.split('\n').filter((line) => line.endsWith(' idle'))
    return idle.length === JOB_SERVERS.length ? { found: true } : { missing: stdout }
  })
}

async function as(user: string, guest: Guest, ...argv: readonly string[]): Promise<string> {
  const login = ['runuser', '--user', user, '--', 'env', `--chdir=${ALICE.home}`]
  return (await guest.run([...login, ...argv], { deadlineMs: 300_000 })).stdout
}

async function assertSrun(guest: Guest): Promise<void> {
  const names = await as(ALICE.name, guest, 'srun', '--nodes=2', 'hostname')
  assert.deepEqual(names.split('\n').toSorted(), JOB_SERVERS)
}

async function assertArray(guest: Guest): Promise<void> {
  const output = `--output=${ALICE.home}/%a`
  const script = 'id --user --name; hostname'
  await as(ALICE.name, guest, 'sbatch', '--wait', `--array=1-${ARRAY}`, output, `--wrap=${script}`)
  for (let task = 1; task <= ARRAY; task += 1) {
    assert.match(await guest.readFile(`${ALICE.home}/${task}`), /^alice\njob-[12]$/, `task ${task}`)
  }
}

/** What a person would look at. */
async function assertJobServer(frontEnd: Guest, guest: Guest): Promise<void> {
  const out = async (...argv: string[]) => (await guest.run(argv)).stdout
  const mount = await out('findmnt', '--noheadings', '--types', 'nfs4', '--output', 'SOURCE,OPTIONS', '/mnt/shared')
  assert.match(mount, new RegExp(`^${frontEnd.instance.address}:/mnt/shared\\s+\\S*vers=4\\.2,\\S*hard`))
  assert.equal(await out('systemctl', 'is-active', 'slurmd'), 'active')
  assert.equal(await out('systemctl', 'is-enabled', 'slurmd'), 'enabled')
  const sum = async (from: Guest) => (await from.run(['sha256sum', '/etc/munge/munge.key'])).stdout
  assert.equal(await sum(guest), await sum(frontEnd), 'both have the same key')
  assert.equal(await out('stat', '-c', '%U:%G %a', '/etc/munge/munge.key'), 'munge:munge 400')
  assert.equal(await guest.readFile('/etc/slurm/slurm.conf'), await frontEnd.readFile('/etc/slurm/slurm.conf'))
  const credential = await out('munge', '-n')
  const { stdout } = await frontEnd.run(['unmunge'], { stdin: `${credential}\n` })
  assert.match(stdout, /STATUS:\s+Success/, 'a credential of the job server is good on the front end')
}
