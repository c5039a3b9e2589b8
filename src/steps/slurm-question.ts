import type { Argv } from '../engine/action.ts'
import type { Executed, Host } from '../engine/host.ts'
import { limited, noAnswer } from './limited.ts'
import { inOneLine } from './service.ts'

/**
 * What a command of Slurm's answers that asks a daemon, for which it may wait for minutes. Exit code 1: no connection, no
 * credential that is believed, or nothing known of what is asked for; a higher one: no answer in time.
 */
export async function askSlurm(question: Argv, host: Host, signal: AbortSignal): Promise<Executed> {
  return await host.exec(limited(20, question), { signal, ok: [0, 1, ...noAnswer] })
}

/** What it says instead of an answer; empty where it says nothing. */
export function wordsOf({ stdout, stderr }: Executed): string {
  return inOneLine(`${stdout}\n${stderr}`)
}
