import { writeFile } from 'node:fs/promises'
import { bootFrontend } from '../frontend.ts'
import type { Guest } from '../guest.ts'
import { startLab } from '../lab.ts'
import type { Prepared } from '../preparation.ts'
import { print, timed } from '../print.ts'
import { type Look, waitFor } from '../wait.ts'

const AGENT = '/usr/local/bin/slurm-node-agent'

/** What a person would type to see whether it worked. */
const CHECKS = [
  [AGENT, 'status'],
  ['sinfo'],
  ['findmnt', '/mnt/work'],
  ['findmnt', '/mnt/shared'],
  ['exportfs', '-v'],
] as const

/** The main job: one instance from nothing, the agent seen at work, and the result. */
export async function watch(
  prepared: Prepared,
  runFolder: string,
  picture: string | undefined,
  signal: AbortSignal,
): Promise<number> {
  await using lab = await startLab(prepared, runFolder, signal)
  const guest = await bootFrontend(lab)
  await timed('user_data installs the agent', () => agentStarted(guest, signal))
  await guest.show([AGENT, 'status', '--wait'], signal)
  for (const argv of CHECKS) {
    print(`\n# ${argv.join(' ')}`)
    const { stdout, stderr } = await guest.run(argv, { ok: 'any' })
    print(`${stdout}${stderr}`)
  }
  if (picture !== undefined) await writeFile(picture, `${(await guest.run([AGENT, 'analyze', 'plot'])).stdout}\n`)
  const { exitCode } = await guest.run([AGENT, 'status', '--wait'], { ok: 'any' })
  return exitCode
}

async function agentStarted(guest: Guest, signal: AbortSignal): Promise<void> {
  const options = { deadlineMs: 300_000, everyMs: 2000, signal }
  await waitFor('a first run of the agent', options, async (): Promise<Look<true>> => {
    const { exitCode, stdout, stderr } = await guest.run([AGENT, 'status', '--json'], { ok: 'any' })
    return exitCode !== 127 && stdout.startsWith('{') ? { found: true } : { missing: stderr || stdout }
  })
}
