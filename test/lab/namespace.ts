import { spawn } from 'node:child_process'
import { openSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { identify, type ProcessIdentity } from './process-identity.ts'

/** Marks the start of this program that is to find itself inside the namespace. */
export const INSIDE = '--inside'

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))

/**
 * Network, processes and mounts of the lab are its own: no address of it is seen outside, and when its first process
 * ends, however that comes about, the kernel ends QEMU and every server with it.
 */
function insideArgv(runFolder: string, argv: readonly string[]): string[] {
  return [
    ['--net', '--pid', '--fork', '--mount', '--mount-proc', '--kill-child'],
    [process.execPath, MAIN, INSIDE, runFolder, ...argv],
  ].flat()
}

const GRACE_MS = 20_000

/** Runs the command inside and gives its exit code. The signal ends it in order; this process's death ends it too. */
export async function runInside(runFolder: string, argv: readonly string[], signal: AbortSignal): Promise<number> {
  // unshare ignores SIGTERM and SIGINT while it waits: the end of its standard input is what the inside listens to.
  const child = execa('setpriv', ['--pdeathsig', 'KILL', 'unshare', ...insideArgv(runFolder, argv)], {
    stdio: ['pipe', 'inherit', 'inherit'],
    reject: false,
  })
  const stop = (): void => {
    child.stdin.end()
    setTimeout(() => child.kill('SIGKILL'), GRACE_MS).unref()
  }
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop, { once: true })
  const { exitCode } = await child
  signal.removeEventListener('abort', stop)
  return exitCode ?? 1
}

/** Starts the command inside and leaves it there; whoever kills the process that is returned ends it whole. */
export function leaveInside(runFolder: string, argv: readonly string[], logFile: string): ProcessIdentity {
  const log = openSync(logFile, 'a')
  const child = spawn('unshare', insideArgv(runFolder, argv), { detached: true, stdio: ['ignore', log, log] })
  child.unref()
  const identity = child.pid === undefined ? undefined : identify(child.pid)
  if (identity === undefined) throw new Error('unshare could not be started')
  return identity
}

/** What the servers expect of a machine's folders, in a place that ends with the namespace. */
export async function furnish(): Promise<void> {
  const folders = ['/run', '/var/lib/nfs']
  for (const folder of folders) {
    await mkdir(folder, { recursive: true })
    await execa('mount', ['-t', 'tmpfs', '-o', 'mode=0755', 'tmpfs', folder])
  }
  for (const folder of ['/run/sshd', '/run/ganesha', '/var/lib/nfs/ganesha']) await mkdir(folder, { recursive: true })
}
