import { open, readFile } from 'node:fs/promises'
import { flock } from './flock.ts'
import { LockedError } from './locked-error.ts'
import { processIdentity } from './process-identity.ts'
import { absentAs } from './replace-file.ts'

const path = '/run/slurm-node-agent.lock'

/** flock is asked not to wait, but a machine that is just booting is slow. */
const answerMs = 30_000

/**
 * The lock that lets one run at a time change the machine. The kernel frees it when we die, however we die. The file
 * says on its first line who holds it, for people, and on its second which process that is.
 */
export async function acquireRunLock(command: string): Promise<AsyncDisposable> {
  const handle = await open(path, 'a+', 0o600)
  if (!(await flock(handle, ['--exclusive', '--nonblock'], AbortSignal.timeout(answerMs)))) {
    const [holder] = (await handle.readFile('utf8')).split('\n')
    await handle.close()
    throw new LockedError(
      `another run holds ${path}: ${holder || 'it has just begun'}; follow it with: slurm-node-agent status --wait`,
    )
  }
  await handle.truncate()
  const identity = await processIdentity(process.pid)
  await handle.write(`${command}, pid ${process.pid}, since ${new Date().toISOString()}\n${identity}\n`)
  return { [Symbol.asyncDispose]: () => handle.close() }
}

/** Who holds the lock, in words and as a process. */
export interface LockHolder {
  /** `apply, pid 42, since …` */
  readonly words: string
  readonly process: string
}

/** The living process that holds the lock. Asked of the file: to try the lock would be to hold it against a run. */
export async function runLockHolder(): Promise<LockHolder | undefined> {
  if (process.getuid?.() !== 0) return undefined // who may not read the file goes by the state alone
  const text = await readFile(path, 'utf8').catch(absentAs(''))
  const [words = '', identity = ''] = text.split('\n')
  const [, pid] = identity.split(' ')
  return pid !== undefined && (await processIdentity(Number(pid))) === identity
    ? { words, process: identity }
    : undefined
}
