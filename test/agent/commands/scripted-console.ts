import { appendFile } from 'node:fs/promises'

/** The console of the machine that the program under test is on. */
export async function writeConsole(line: string): Promise<void> {
  await appendFile('/run/console', `${line}\n`)
}
