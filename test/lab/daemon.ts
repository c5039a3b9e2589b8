import { readFile } from 'node:fs/promises'
import { execa } from 'execa'
import { type Look, waitFor } from './wait.ts'

/** A server program that the lab runs for itself, in the foreground. */
export interface Daemon {
  readonly name: string
  reload(): void
  /** It answers nothing any more, though its connections stay, and the kernel still accepts new ones. */
  pause(): void
  resume(): void
  /** Ends it and waits until it is gone. */
  readonly stop: () => Promise<void>
}

interface DaemonOptions {
  readonly name: string
  readonly argv: readonly [string, ...string[]]
  readonly logFile: string
  /** Whether it serves yet. */
  readonly ready: () => Promise<boolean>
  /** For that, where it takes its time. */
  readonly deadlineMs?: number
  readonly signal: AbortSignal
}

const START_DEADLINE_MS = 20_000

export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const { name, argv, logFile, ready, deadlineMs = START_DEADLINE_MS, signal } = options
  const [file, ...rest] = argv
  const child = execa(file, rest, {
    stdin: 'ignore',
    stdout: { file: logFile, append: true },
    stderr: { file: logFile, append: true },
    buffer: false,
    reject: false, // a daemon's end is looked at where it matters: at its start and at its stop
    forceKillAfterDelay: 5000,
  })
  let running = true
  const ended = (async () => {
    await child
    running = false
  })()
  const stop = async (): Promise<void> => {
    child.kill('SIGCONT') // a paused process does not hear of its end
    child.kill('SIGTERM')
    await ended
  }
  try {
    await waitFor(`${name} to serve`, { deadlineMs, everyMs: 50, signal }, async (): Promise<Look<true>> => {
      if (!running) throw new Error(`${name} ended at its start:\n${await readFile(logFile, 'utf8')}`)
      return (await ready()) ? { found: true } : { missing: 'it does not answer yet' }
    })
  } catch (error) {
    await stop()
    throw error
  }
  return {
    name,
    reload() {
      child.kill('SIGHUP')
    },
    pause() {
      child.kill('SIGSTOP')
    },
    resume() {
      child.kill('SIGCONT')
    },
    stop,
  }
}
