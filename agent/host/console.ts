import { constants, open } from 'node:fs/promises'

/**
 * A line on the console of the machine, which `aws ec2 get-console-output` shows. Never waits for a console that takes
 * nothing, and never makes it our terminal, whose hang-up would be a signal. It begins a line of its own: the prompt of
 * the login stands there.
 */
export async function writeConsole(line: string, path = '/dev/console'): Promise<void> {
  await using handle = await open(path, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
  await handle.write(`\n${line}\n`)
}
