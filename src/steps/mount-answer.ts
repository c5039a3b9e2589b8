import type { Executed, Host } from '../engine/host.ts'

const answerSeconds = 10

/**
 * What a program that ends with 0 or 1 says of a mount: it is a child, because a system call on a dead mount does not come
 * back. timeout(1) ends it, and then itself with 124, or 137 after KILL: there was no answer.
 */
export async function askMount(question: readonly string[], host: Host, signal: AbortSignal): Promise<Executed> {
  const argv = ['timeout', '--kill-after=2', String(answerSeconds), ...question] as const
  return await host.exec(argv, { signal, ok: [0, 1, 124, 137] })
}

/** statfs(2) always asks the server, whatever is cached. */
export async function askServerOf(path: string, host: Host, signal: AbortSignal): Promise<Executed> {
  return await askMount(['stat', '--file-system', '--format=%T', path], host, signal)
}

export function wordsForSilence(path: string): string {
  return `${path} is mounted, but has not answered for ${answerSeconds} s`
}
