import assert from 'node:assert/strict'
import { asAlice, letEnd, UNTIL_LET_END, waitForJobs } from './example-cluster.ts'
import type { Guest } from './guest.ts'
import { waitForRecords } from './job-records.ts'
import { timed } from './print.ts'

/** By their numbers: one that runs until both are to end, and one that waits for it. */
interface TwoJobs {
  readonly running: string
  readonly queued: string
}

/** On a cluster of one node. */
export async function submitTwo(guest: Guest, signal: AbortSignal): Promise<TwoJobs> {
  const submit = (name: string, script: string) =>
    asAlice(guest, 'sbatch', '--parsable', '--exclusive', `--output=${name}`, `--wrap=${script}`)
  const running = await submit('running', `${UNTIL_LET_END}; echo ran to its end`)
  await timed('a job runs', () => waitForJobs(guest, 'to run', (jobs) => jobs.join() === 'R', signal))
  const queued = await submit('queued', 'echo had its turn')
  await waitForJobs(guest, 'to be queued', (jobs) => jobs.toSorted().join() === 'PD,R', signal)
  return { running, queued }
}

/** Neither is lost: slurmctld knows them as they were, and they end as if nothing had happened. `server`: the one node. */
export async function assertBothEnd(
  guest: Guest,
  server: Guest,
  { running, queued }: TwoJobs,
  signal: AbortSignal,
): Promise<void> {
  const { stdout: jobs } = await guest.run(['squeue', '--noheader', '--format=%i %t'])
  assert.deepEqual(jobs.split('\n').toSorted(), [`${running} R`, `${queued} PD`].toSorted(), 'it knows both jobs')
  await letEnd(server)
  await timed('both end', () => waitForJobs(guest, 'to end', (states) => states.length === 0, signal))
  assert.equal(await asAlice(guest, 'cat', 'running'), 'ran to its end')
  assert.equal(await asAlice(guest, 'cat', 'queued'), 'had its turn')
}

export async function waitForRecordsOfBoth(
  guest: Guest,
  { running, queued }: TwoJobs,
  node: string,
  signal: AbortSignal,
): Promise<void> {
  const ended = [running, queued].map((job) => `${job}|COMPLETED|${node}`)
  await waitForRecords(guest, `--jobs=${running},${queued}`, 'JobID,State,NodeList', ended, signal)
}
