import type { Guest } from './guest.ts'

/** Resolves as soon as the guest runs a program of this name: looked for inside, where a look takes no time. */
export async function waitForProgram(guest: Guest, name: string, deadlineMs: number): Promise<void> {
  await guest.run(['sh', '-c', `until pgrep -x ${name} >/dev/null; do sleep 0.05; done`], { deadlineMs })
}
