import type { Argv } from '../engine/action.ts'
import type { Executed, Host } from '../engine/host.ts'
import { limited, noAnswer } from './limited.ts'
import { inOneLine } from './service.ts'

const answerSeconds = 10

/**
 * What a program that ends with 0 or 1 says of a mount; a higher exit code: there was no answer. It is a child, because a
 * system call on a dead mount does not come back.
 */
export async function askMount(question: Argv, host: Host, signal: AbortSignal): Promise<Executed> {
  return await host.exec(limited(answerSeconds, question), { signal, ok: [0, 1, ...noAnswer] })
}

/** statfs(2) always asks the server, whatever is cached. */
export async function askServerOf(path: string, host: Host, signal: AbortSignal): Promise<Executed> {
  return await askMount(['stat', '--file-system', '--format=%T', path], host, signal)
}

/**
 * Why the mount is of no use, by what askServerOf came to. Where somebody unmounts in between, the bare directory below
 * answers, and well: by its type it is told from the mount.
 */
export function silenceOfServer(statfs: Executed, path: string): string | undefined {
  if (statfs.exitCode === 0 && statfs.stdout.trim() !== 'nfs') return `${path} was unmounted while it was looked at`
  return silenceIn(statfs, path)
}

/** The same, by any answer: an error, or none in time; undefined where it is a good one. */
export function silenceIn({ exitCode, stderr }: Executed, path: string): string | undefined {
  if (exitCode === 0) return undefined
  return exitCode === 1 ? inOneLine(stderr) : `${path} is mounted, but has not answered for ${answerSeconds} s`
}
