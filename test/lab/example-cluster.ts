import assert from 'node:assert/strict'
import { waitForConvergence } from './agent-status.ts'
import type { Disk } from './disk.ts'
import { exampleConfig, exampleJobConfig } from './example-config.ts'
import type { Guest } from './guest.ts'
import type { Lab, Launched } from './lab.ts'
import { timed } from './print.ts'
import { bakedImage } from './scenario.ts'
import { type AnyConfig, userDataFor } from './user-data.ts'
import { type Look, waitFor } from './wait.ts'

export const ALICE = { name: 'alice', uid: 2001, home: '/mnt/shared/home/alice' } as const
/** One whose home is on the share. */
export const BOB = { name: 'bob', uid: 2002, home: '/mnt/work/home/bob' } as const
export const JOB_SERVERS = ['job-1', 'job-2'] as const

/** For a first run with accounting: it installs MariaDB, which no image has. */
export const ACCOUNTING_DEADLINE_MS = 1_800_000

/** So that nobody waits long for what another has published. */
const common = { users: [ALICE, BOB], convergeIntervalSeconds: 15, statusTag: true }

export const FEATURE = 'emulated'
export const GRES = 'zero'

export function frontendOfCluster() {
  const example = exampleConfig()
  // CPUs and memory they tell themselves. The device is one that each has, in the place of a GPU.
  const node = { name: 'job-[1-4]', features: [FEATURE], gres: [{ name: GRES, file: '/dev/zero' }] }
  const slurm = { ...example.slurm, nodes: [node] }
  return { ...example, ...common, slurm }
}

export function jobServerOfCluster(name: string) {
  return { ...exampleJobConfig(name), ...common }
}

interface Cluster {
  readonly frontEnd: Launched
  readonly jobServers: readonly Launched[]
}

interface ClusterOptions {
  /** Of each, its name, or the range that it is to take one of. */
  readonly jobServers: readonly string[]
  /** Of the front end, where it is not the one of the example. */
  readonly userData?: string
  /** The configuration of each, where it is not the one of the example. */
  readonly ofJobServer?: (name: string) => AnyConfig
}

interface BootOptions extends ClusterOptions {
  /** What the front end has beside its own and the data volume. */
  readonly moreDisks?: readonly Disk[]
  /** For the first run of each. */
  readonly deadlineMs?: number
}

/** The instances of a cluster, switched off; EFS is open, and the front end has the data volume. */
export async function launchCluster(
  lab: Lab,
  { jobServers, userData, ofJobServer = jobServerOfCluster }: ClusterOptions,
): Promise<Cluster> {
  await lab.efs.open()
  const frontEnd = await lab.launch(bakedImage(lab), userData ?? (await userDataFor(lab, frontendOfCluster())))
  const servers: Launched[] = []
  for (const hostname of jobServers) {
    const ofServer = await userDataFor(lab, ofJobServer(hostname))
    servers.push(await lab.launch(bakedImage(lab, 'job'), ofServer))
  }
  await lab.attachDataVolume(frontEnd.guest)
  return { frontEnd, jobServers: servers }
}

/** The same, booted at once, converged, and with idle nodes. */
export async function bootCluster(lab: Lab, options: BootOptions): Promise<Cluster> {
  const cluster = await launchCluster(lab, options)
  const { frontEnd, jobServers } = cluster
  await timed('the instances boot', () =>
    Promise.all([
      frontEnd.guest.boot([lab.instanceStore, frontEnd.root, lab.dataVolume, ...(options.moreDisks ?? [])]),
      ...jobServers.map(({ guest, root }) => guest.boot([root])),
    ]),
  )
  await waitForAll([frontEnd, ...jobServers], lab.signal, options.deadlineMs)
  await timed('the nodes are idle', () => waitForIdle(frontEnd.guest, jobServers.length, lab.signal))
  return cluster
}

/** The instances that the scenario `cluster` leaves behind. */
export function theCluster({ launched }: Lab): Cluster {
  const [frontEnd, ...jobServers] = launched
  if (frontEnd === undefined || jobServers.length !== JOB_SERVERS.length) throw new Error('there is no whole cluster')
  return { frontEnd, jobServers }
}

/** What each of them does at its boot, one after another ends well. */
export async function waitForAll(
  launched: readonly Launched[],
  signal: AbortSignal,
  deadlineMs = 900_000,
): Promise<void> {
  for (const { guest } of launched) {
    await timed(`the run on ${guest.instance.instanceId} ends`, () => waitForConvergence(guest, { deadlineMs, signal }))
  }
}

/** Of those that are not idle, in an error. */
const MOST_NAMED = 20

export async function waitForIdle(
  guest: Guest,
  nodes: number,
  signal: AbortSignal,
  deadlineMs = 180_000,
): Promise<void> {
  await waitFor(`${nodes} idle nodes`, { deadlineMs, everyMs: 2_000, signal }, async (): Promise<Look<true>> => {
    const { stdout, stderr } = await guest.run(['sinfo', '--noheader', '--Node', '--format', '%N %t'], { ok: 'any' })
    // A line for each node and partition.
    const { idle = [], other = [] } = Object.groupBy(new Set(stdout.split('\n')), (line) =>
      line.endsWith(' idle') ? 'idle' : 'other',
    )
    const missing = `${idle.length} are\n${other.slice(0, MOST_NAMED).join('\n')}${stderr}`
    return idle.length === nodes ? { found: true } : { missing }
  })
}

/** Looks for a text; the file may be away while it is replaced. */
export async function waitForFile(guest: Guest, path: string, text: string, signal: AbortSignal): Promise<void> {
  await waitFor(
    `${path} to be another`,
    { deadlineMs: 180_000, everyMs: 2_000, signal },
    async (): Promise<Look<true>> => {
      const { stdout, stderr } = await guest.run(['cat', path], { ok: 'any' })
      return stdout === text ? { found: true } : { missing: stderr || 'it is the old one' }
    },
  )
}

const LET_END = '/tmp/let-it-end'

/** What a job runs that goes on until it is let end, however long that is. */
export const UNTIL_LET_END = `until [ -e ${LET_END} ]; do sleep 1; done`

/** `server`: where the job runs. */
export async function letEnd(server: Guest): Promise<void> {
  await server.run(['touch', LET_END])
}

/** As the user would, in the home. */
export async function asAlice(guest: Guest, ...argv: readonly string[]): Promise<string> {
  const login = ['runuser', '--user', ALICE.name, '--', 'env', `--chdir=${ALICE.home}`]
  return (await guest.run([...login, ...argv], { deadlineMs: 300_000 })).stdout
}

export async function assertSrun(guest: Guest): Promise<void> {
  const names = await asAlice(guest, 'srun', '--nodes=2', 'hostname')
  assert.deepEqual(names.split('\n').toSorted(), JOB_SERVERS)
}

export async function keySum(guest: Guest): Promise<string> {
  return (await guest.run(['sha256sum', '/etc/munge/munge.key'])).stdout.slice(0, 64)
}

/** `holds`: of the states of all jobs, as `R` and `PD`. */
export async function waitForJobs(
  guest: Guest,
  what: string,
  holds: (states: readonly string[]) => boolean,
  signal: AbortSignal,
): Promise<void> {
  await waitFor(`the jobs ${what}`, { deadlineMs: 300_000, everyMs: 2_000, signal }, async (): Promise<Look<true>> => {
    const { stdout, stderr, exitCode } = await guest.run(['squeue', '--noheader', '--format=%t'], { ok: 'any' })
    const states = stdout.split('\n').filter((state) => state !== '')
    return exitCode === 0 && holds(states) ? { found: true } : { missing: stdout || stderr }
  })
}
