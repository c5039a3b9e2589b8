import { rm } from 'node:fs/promises'
import { print } from '../print.ts'
import { isAlive } from '../process-identity.ts'
import { liveRuns, sweep } from '../run-folder.ts'
import { type Look, waitFor } from '../wait.ts'

/** Ends what `up` left running. The kernel ends the rest of its namespace with it. */
export async function down(): Promise<number> {
  const runs = (await liveRuns()).filter(({ stays }) => stays)
  if (runs.length === 0) print('nothing is up')
  for (const { owner, path } of runs) {
    process.kill(owner.pid, 'SIGKILL')
    const options = { deadlineMs: 10_000, everyMs: 100, signal: AbortSignal.timeout(15_000) }
    await waitFor(
      `process ${owner.pid} to end`,
      options,
      async (): Promise<Look<true>> => (isAlive(owner) ? { missing: 'it still runs' } : { found: true }),
    )
    await rm(path, { recursive: true, force: true })
    print(`stopped ${owner.pid}`)
  }
  await sweep()
  return 0
}
