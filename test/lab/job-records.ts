import type { Guest } from './guest.ts'
import { type Look, waitFor } from './wait.ts'

/** Until sacct shows these fields of these jobs so, a line a job: slurmctld tells slurmdbd of them some seconds later. */
export async function waitForRecords(
  guest: Guest,
  which: string,
  fields: string,
  lines: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const how = ['--allusers', '--allocations', '--noheader', '--parsable2', '--starttime=now-1days']
  await waitFor(
    'sacct to show what has run',
    { deadlineMs: 120_000, everyMs: 2_000, signal },
    async (): Promise<Look<true>> => {
      const { stdout, stderr } = await guest.run(['sacct', ...how, which, `--format=${fields}`], { ok: 'any' })
      return stdout === lines.join('\n') ? { found: true } : { missing: stdout || stderr }
    },
  )
}
