import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type NodeRecord, printRecord } from '../../../src/formats/node-record.ts'
import { AGENT, CONFIG_FILE, readStatus, takeOver } from '../agent-status.ts'
import { bootCluster, frontendOfCluster, waitForIdle } from '../example-cluster.ts'
import type { Guest } from '../guest.ts'
import { print, timed } from '../print.ts'
import type { Scenario } from '../scenario.ts'
import { startSlurmds } from '../slurmds.ts'
import { userDataFor } from '../user-data.ts'
import { type Look, waitFor } from '../wait.ts'

const COUNTS = [10, 100, 1000] as const
const HARDWARE = { cpus: 2, sockets: 1, coresPerSocket: 1, threadsPerCore: 2, memoryMiB: 3_800 }
const ALL_UP_DEADLINE_MS = 600_000
const SRUN_NODES = 20

/** Of a run, in ms, by step. */
type Costs = ReadonlyMap<string, number>

/**
 * Between two runs of the same: a changed slurm.conf restarts daemons, and steps that run at once wait for each other, so
 * that one that has nothing to do with nodes waits for those that read what all nodes tell.
 */
const NOISE_MS = { changed: 5_000, steady: 2_000 } as const
/** With nothing to do: of each step the least counts. With 1,000 nodes they are up, below that job-1 alone is. */
const STEADY_RUNS = 3

export const thousand: Scenario = {
  name: 'thousand',
  title: 'slurmctld with 1,000 nodes that are up, and what a run costs with 10, 100 and 1,000 on both roles',
  ci: { leftOut: 'it compares times, takes 15 minutes, and 4 GB of memory beside those of the guests' },
  images: ['baked', 'job'],
  async run({ lab }) {
    const { signal } = lab
    const userData = await userDataFor(lab, configured(COUNTS[0]))
    const { frontEnd, jobServers } = await bootCluster(lab, { jobServers: ['job-1'], userData })
    const { guest } = frontEnd
    const servers = [guest, ...jobServers.map((server) => server.guest)]
    for (const server of servers) await takeOver(server, signal)
    const costs = servers.map(() => ({ changed: [] as Costs[], steady: [] as Costs[] }))
    await using ends = new AsyncDisposableStack()
    for (const count of COUNTS) {
      const others = othersOf(count)
      for (const record of others) {
        await writeFile(join(lab.efs.folder, 'slurm', 'nodes', `${record.name}.json`), printRecord(record))
      }
      await guest.writeFile(CONFIG_FILE, JSON.stringify(configured(count)))
      await timed(`apply with ${count} nodes`, () => applyUntil(guest, count - 1, signal))
      for (const [index, server] of servers.entries()) {
        // On the front end that was the run before.
        if (server !== guest) await timed('apply on the job server', () => apply(server))
        costs[index]?.changed.push(await costsOfRun(server))
      }
      if (count === COUNTS.at(-1)) {
        const slurmds = await startSlurmds(lab, others)
        ends.defer(() => slurmds.stop())
        await allUp(guest, count, signal)
      }
      for (const [index, server] of servers.entries()) {
        costs[index]?.steady.push(await costsWithNothingToDo(server))
      }
      print(indented((await guest.run(['ps', '-C', 'slurmctld', '-o', 'rss=,comm='])).stdout))
    }
    for (const { changed, steady } of costs) {
      assertLinear(changed, NOISE_MS.changed)
      assertLinear(steady, NOISE_MS.steady)
    }
    await waitForIdle(guest, COUNTS[2], signal, 0) // still
  },
}

/** The cluster's nodes but for job-1, which is a guest and tells of itself. */
function othersOf(count: number): readonly NodeRecord[] {
  return Array.from({ length: count - 1 }, (_, index) => {
    const number = index + 2
    const address = `10.1.${Math.floor(number / 250)}.${(number % 250) + 1}`
    return { name: `job-${number}`, address, hardware: HARDWARE }
  })
}

/** Not only in sinfo: they run what they are told to. */
async function allUp(guest: Guest, count: number, signal: AbortSignal): Promise<void> {
  await timed(`${count} nodes are idle`, () => waitForIdle(guest, count, signal, ALL_UP_DEADLINE_MS))
  await timed('sinfo', () => guest.run(['sinfo']))
  const srun = ['srun', `--nodes=${SRUN_NODES}`, '--exclude=job-1', 'hostname'] as const
  const { stdout } = await timed(`srun on ${SRUN_NODES} nodes`, () => guest.run(srun, { deadlineMs: 300_000 }))
  assert.equal(new Set(stdout.split('\n')).size, SRUN_NODES, stdout)
}

async function apply(server: Guest): Promise<void> {
  await server.run([AGENT, 'apply'], { deadlineMs: 300_000 })
}

async function costsWithNothingToDo(server: Guest): Promise<Costs> {
  await apply(server)
  const steady: Costs[] = []
  for (let run = 0; run < STEADY_RUNS; run += 1) {
    await timed('apply with nothing to do', () => apply(server))
    steady.push(await costsOfRun(server))
  }
  print(indented((await server.run([AGENT, 'analyze', 'blame'])).stdout))
  return least(steady)
}

function configured(count: number) {
  const { slurm, ...config } = frontendOfCluster()
  return { ...config, slurm: { ...slurm, nodes: [{ name: `job-[1-${count}]` }] } }
}

/** The guest sees what is new in a directory of the share once it no longer trusts what it has of that (acdirmax, 60 s). */
async function applyUntil(guest: Guest, count: number, signal: AbortSignal): Promise<void> {
  await waitFor(`${count} nodes`, { deadlineMs: 240_000, everyMs: 10_000, signal }, async (): Promise<Look<true>> => {
    await apply(guest)
    const told = await toldOf(guest)
    return told === count ? { found: true } : { missing: `slurmctld knows ${told}` }
  })
}

/** Those that have told of themselves have their address, and what they have. */
async function toldOf(guest: Guest): Promise<number> {
  const { stdout } = await guest.run(['scontrol', 'show', 'nodes', '--oneliner'], { deadlineMs: 120_000 })
  return stdout.split('\n').filter((line) => line.includes('NodeAddr=10.1.') && line.includes('CPUTot=2')).length
}

async function costsOfRun(guest: Guest): Promise<Costs> {
  const status = await readStatus(guest)
  assert.ok(status !== undefined, 'there was a run')
  return new Map(
    status.steps.map(({ id, startedAt = '', endedAt = '' }) => [id, Date.parse(endedAt) - Date.parse(startedAt)]),
  )
}

function least([first, ...more]: readonly Costs[]): Costs {
  assert.ok(first !== undefined)
  return new Map(
    [...first].map(([step, cost]) => [step, Math.min(cost, ...more.flatMap((run) => run.get(step) ?? []))]),
  )
}

/** What the 900 nodes from the 100th on add is at most ten times what the 90 from the 10th on do. */
function assertLinear([ten, hundred, thousandth]: readonly Costs[], noiseMs: number): void {
  assert.ok(ten !== undefined && hundred !== undefined && thousandth !== undefined)
  for (const [step, most] of thousandth) {
    const little: number = ten.get(step) ?? 0
    const more: number = hundred.get(step) ?? 0
    const allowed: number = 10 * Math.max(more - little, 0) + noiseMs
    assert.ok(most - more <= allowed, `${step} takes ${little}, ${more} and ${most} ms`)
  }
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, '    ')
}
