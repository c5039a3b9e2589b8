import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bootFrontend } from '../frontend.ts'
import { startLab } from '../lab.ts'
import { leaveInside } from '../namespace.ts'
import type { Prepared } from '../preparation.ts'
import { print } from '../print.ts'
import { isAlive } from '../process-identity.ts'
import { claim } from '../run-folder.ts'
import { quoted, sshArguments } from '../ssh.ts'
import { type Look, waitFor } from '../wait.ts'

const READY = 'ready.json'
const LOG = 'lab.log'
const READY_DEADLINE_MS = 300_000

/** Starts the lab in the background and says how to get in. */
export async function up(runFolder: string, argv: readonly string[], signal: AbortSignal): Promise<number> {
  const log = join(runFolder, LOG)
  const owner = leaveInside(runFolder, argv, log)
  await claim(runFolder, owner, true)
  const ready = join(runFolder, READY)
  const options = { deadlineMs: READY_DEADLINE_MS, signal }
  await waitFor('the instance to boot', options, async (): Promise<Look<true>> => {
    if (existsSync(ready)) return { found: true }
    if (!isAlive(owner)) throw new Error(`the lab ended before the instance was up:\n${await readFile(log, 'utf8')}`)
    return { missing: await readFile(log, 'utf8') }
  })
  const login: string[] = JSON.parse(await readFile(ready, 'utf8'))
  print('The instance is up; its agent is at work. Log in with')
  print(`  nsenter --target ${owner.pid} --net ${quoted(['ssh', '-t', ...login])}`)
  print('and stop it with')
  print('  npm run lab -- down')
  return 0
}

/** Inside: boots the instance and stays until it is killed. */
export async function stayUp(prepared: Prepared, runFolder: string, signal: AbortSignal): Promise<number> {
  await using lab = await startLab(prepared, runFolder, signal)
  const guest = await bootFrontend(lab)
  await writeFile(
    join(runFolder, READY),
    JSON.stringify(sshArguments(prepared.authority.sshKey, guest.instance.address)),
  )
  await new Promise((resolve) => {
    signal.addEventListener('abort', resolve, { once: true })
  })
  return 0
}
