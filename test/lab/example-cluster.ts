import assert from 'node:assert/strict'
import { waitForConvergence } from './agent-status.ts'
import { exampleConfig, exampleJobConfig } from './example-config.ts'
import type { Guest } from './guest.ts'
import type { Lab, Launched } from './lab.ts'
import { timed } from './print.ts'
import { type Look, waitFor } from './wait.ts'

export const ALICE = { name: 'alice', uid: 2001, home: '/mnt/shared/home/alice' } as const
export const JOB_SERVERS = ['job-1', 'job-2'] as const

/** So that nobody waits long for what another has published. */
const common = { users: [ALICE], convergeIntervalSeconds: 15 }

export function frontendOfCluster() {
  const example = exampleConfig()
  // What they have, they tell themselves.
  const slurm = { ...example.slurm, nodes: [{ name: 'job-[1-4]' }] }
  return { ...example, ...common, slurm }
}

export function jobServerOfCluster(name: string) {
  return { ...exampleJobConfig(name), ...common }
}

/** The instances that the scenario `cluster` leaves behind. */
export function theCluster({ launched }: Lab): { frontEnd: Launched; jobServers: readonly Launched[] } {
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

export async function waitForIdle(guest: Guest, nodes: number, signal: AbortSignal): Promise<void> {
  await waitFor(
    `${nodes} idle nodes`,
    { deadlineMs: 180_000, everyMs: 2_000, signal },
    async (): Promise<Look<true>> => {
      const { stdout, stderr } = await guest.run(['sinfo', '--noheader', '--Node', '--format', '%N %t'], { ok: 'any' })
      // A line for each node and partition.
      const idle = new Set(stdout.split('\n').filter((line) => line.endsWith(' idle')))
      return idle.size === nodes ? { found: true } : { missing: stdout || stderr }
    },
  )
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
