import type { Guest } from './guest.ts'
import type { Lab } from './lab.ts'
import { type Look, waitFor } from './wait.ts'

const CONSOLE_LINES = 500

/** Those who cannot log in see it so: by the tag of the instance, and on its console. It is told once the run has ended. */
export async function assertSeenOutside(lab: Lab, guest: Guest, status: string, line: string): Promise<void> {
  const { instanceId } = guest.instance
  await waitFor(
    `the tag and the console of ${instanceId}`,
    { deadlineMs: 60_000, signal: lab.signal },
    async (): Promise<Look<true>> => {
      const tag = lab.cloud.tags.get(instanceId)?.get('slurm-node-agent:status')
      const console = await guest.consoleTail(CONSOLE_LINES)
      if (tag === status && console.includes(line)) return { found: true }
      return { missing: `the tag ${tag ?? '(none)'}, and on the console:\n${console}` }
    },
  )
}
