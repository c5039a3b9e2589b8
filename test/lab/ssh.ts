import { rm } from 'node:fs/promises'
import { execa } from 'execa'

export interface RunOptions {
  /** Exit codes that are no error; 0 alone unless named. */
  readonly ok?: readonly number[] | 'any'
  readonly stdin?: string | Uint8Array
  /** With latin1, each character of the output is a byte of it. */
  readonly encoding?: 'utf8' | 'latin1'
  readonly deadlineMs?: number
}

export interface RunResult {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** The way into a guest. */
export interface Ssh {
  /** Keeps one connection open for all that follows: a handshake takes a second under emulation. */
  keepOpen(): void
  readonly run: (argv: readonly string[], options?: RunOptions) => Promise<RunResult>
  /** Runs with the terminal of this process, or its output if that is none, until it ends or the signal comes. */
  readonly show: (argv: readonly string[], signal: AbortSignal) => Promise<void>
  /** Calls back with each line of the output until the command ends or the signal comes. */
  readonly follow: (argv: readonly string[], onLine: (line: string) => void, signal: AbortSignal) => Promise<void>
  close(): Promise<void>
}

/** ssh's own exit code when it could not connect or lost the connection. */
export const SSH_FAILED = 255

const RUN_DEADLINE_MS = 120_000

/** sshd hands the command to a shell, always: each word is quoted, so that it arrives as it is. */
export function quoted(argv: readonly string[]): string {
  return argv.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ')
}

export function sshArguments(key: string, address: string): string[] {
  return [
    ['-i', key, '-l', 'root', '-o', 'BatchMode=yes', '-o', 'LogLevel=ERROR'],
    ['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null'],
    // Two guests that boot side by side answer late.
    ['-o', 'ConnectTimeout=20', '-o', 'ServerAliveInterval=10', '-o', 'ServerAliveCountMax=6'],
    [address],
  ].flat()
}

export function ssh(key: string, address: string, controlPath: string, signal: AbortSignal): Ssh {
  const shared = ['-o', `ControlPath=${controlPath}`]
  // A process of its own: a master that ssh puts in the background by itself holds on to the first command's stderr.
  let master: { kill(signal: 'SIGKILL'): boolean } | undefined
  const command = (argv: readonly string[], ...more: string[]): string[] => [
    ...shared,
    ...more,
    ...sshArguments(key, address),
    quoted(argv),
  ]
  return {
    keepOpen() {
      master = execa('ssh', ['-M', '-N', ...shared, ...sshArguments(key, address)], { stdio: 'ignore', reject: false })
    },
    async run(argv, { ok = [0], stdin = '', encoding = 'utf8', deadlineMs = RUN_DEADLINE_MS } = {}) {
      const result = await execa('ssh', command(argv), {
        input: stdin,
        encoding,
        stripFinalNewline: encoding === 'utf8',
        reject: false,
        timeout: deadlineMs,
        cancelSignal: signal,
        maxBuffer: 64 * 1024 ** 2,
      })
      signal.throwIfAborted()
      if (result.timedOut) throw new Error(`in the guest: ${argv.join(' ')} took more than ${deadlineMs / 1000} s`)
      const exitCode = result.exitCode ?? SSH_FAILED
      if (ok !== 'any' && !ok.includes(exitCode)) {
        throw new Error(`in the guest: ${argv.join(' ')} ended with ${exitCode}\n${result.stderr || result.stdout}`)
      }
      return { exitCode, stdout: result.stdout, stderr: result.stderr }
    },
    async show(argv, until) {
      const terminal = process.stdout.isTTY ? ['-t'] : []
      await execa('ssh', command(argv, ...terminal), {
        stdio: [process.stdout.isTTY ? 'inherit' : 'ignore', 'inherit', 'inherit'],
        reject: false, // what it shows is for the eyes; its result is asked for elsewhere
        cancelSignal: until,
      })
    },
    async follow(argv, onLine, until) {
      const child = execa('ssh', command(argv), {
        stdin: 'ignore',
        buffer: false,
        reject: false,
        cancelSignal: until,
      })
      for await (const line of child) onLine(line)
    },
    async close() {
      master?.kill('SIGKILL')
      master = undefined
      // Killed, it cannot remove its socket; the next connection would wait for an answer there.
      await rm(controlPath, { force: true })
    },
  }
}
