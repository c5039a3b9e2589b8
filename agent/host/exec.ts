import type { Readable } from 'node:stream'
import { execa, type Options } from 'execa'
import type { Argv } from '../../src/engine/action.ts'
import { orAborted } from '../../src/engine/clock.ts'
import { messageOf } from '../../src/engine/errors.ts'
import type { Executed } from '../../src/engine/host.ts'
import { openOutputFile } from './output-file.ts'

export interface ExecSettings {
  /** Ends the child and its children (SIGTERM, 5 s later SIGKILL). Without it the child is not to be interrupted. */
  readonly signal?: AbortSignal
  readonly ok?: readonly number[]
  /**
   * With a signal: given up then, or with the signal, and left to end by itself if it does not heed it: a program that the
   * kernel keeps, as one that reads a disk which does not answer, can hold on to its pipes even when it is killed.
   */
  readonly withinMs?: number
  readonly input?: string
  readonly env?: Readonly<Record<string, string>>
  /** An open file of ours that the child gets as descriptor 3, with the lock that is on it. */
  readonly inherit?: number
}

/** A child that could not be run, was ended, or exited with a code that is no answer. */
export class ExecError extends Error {
  override readonly name = 'ExecError'
}

/** Copied once: to read all of process.env takes as long as some children do. */
const environment = {
  ...process.env,
  // The output is parsed, so it must not depend on the language of the machine.
  LC_ALL: 'C.UTF-8',
  LANGUAGE: 'C',
  // `su` without a dash leaves root without the sbin directories, and dpkg then refuses to work.
  PATH: `${process.env['PATH'] ?? '/usr/bin:/bin'}:/usr/sbin:/sbin`,
}

/** Bytes of a file, characters of a pipe. */
const mostOutput = 8 * 1024 * 1024

/** What a shell makes of SIGKILL. So ends timeout(1), which kills itself with a program that does not heed SIGTERM. */
const killed = 137

/** Runs a program without a shell. Standard input never comes from the terminal; output is collected, not shown. */
export async function exec(argv: Argv, settings: ExecSettings): Promise<Executed> {
  const { signal, ok = [0] } = settings
  const executed = await (signal === undefined ? runToItsEnd(argv, settings) : runWithin(signal, argv, settings))
  if (ok.includes(executed.exitCode)) return executed
  const words = lastLines(executed.stderr || executed.stdout)
  throw new ExecError(`${argv.join(' ')} ended with ${executed.exitCode}: ${words}`)
}

async function runWithin(signal: AbortSignal, argv: Argv, settings: ExecSettings): Promise<Executed> {
  const { withinMs } = settings
  if (withinMs === undefined) return await runUntil(signal, argv, settings)
  const timeout = AbortSignal.timeout(withinMs)
  const either = AbortSignal.any([signal, timeout])
  return await orAborted(runUntil(either, argv, settings), either).catch((error: unknown) => {
    const isLate = timeout.aborted && !signal.aborted
    throw isLate ? new ExecError(`${argv.join(' ')}: no answer within ${withinMs / 1000} s`) : error
  })
}

/** A child that floods us is ended, rather than the agent. */
async function runUntil(cancelSignal: AbortSignal, argv: Argv, settings: ExecSettings): Promise<Executed> {
  // execa would start it, and end it a little too late.
  if (cancelSignal.aborted) throw new ExecError(`${argv.join(' ')}: ${messageOf(cancelSignal.reason)}`)
  const stdio = [stdinOf(settings), 'pipe', 'pipe', ...inherited(settings)] as const
  const options = { ...common(settings), stdio, cancelSignal, killDescendants: true, buffer: false } as const
  const [program, ...args] = argv
  const child = execa(program, args, options)
  let isFlood = false
  const flood = () => {
    isFlood = true
    child.kill()
  }
  const [stdout, stderr] = [collect(child.stdout, flood), collect(child.stderr, flood)]
  const result = await child
  // Whatever its exit code: what was cut short is no answer.
  if (isFlood) throw new ExecError(`${argv.join(' ')}: it has written more than ${mostOutput} characters`)
  if (result.isCanceled) throw withoutAnswer(argv, result)
  return { exitCode: exitCodeOf(argv, result, settings), stdout: stdout(), stderr: stderr() }
}

/** As execa would, which takes longer to collect what most children write than these take to run. */
function collect(stream: Readable, flood: () => void): () => string {
  let text = ''
  stream.setEncoding('utf8').on('data', (more: string) => {
    text += more
    if (text.length <= mostOutput) return
    stream.destroy() // whatever goes on writing is to find nobody
    flood()
  })
  return () => text
}

/**
 * Nothing that happens to us reaches the child, unless systemd ends our unit, as it does where we are killed: it is in a
 * process group of its own, away from Ctrl-C, and writes to files. A pipe would end it when we die, and keep us for as
 * long as a daemon that it has started holds it.
 */
async function runToItsEnd(argv: Argv, settings: ExecSettings): Promise<Executed> {
  await using out = await openOutputFile()
  await using err = await openOutputFile()
  const stdio = [stdinOf(settings), descriptor(out.fd), descriptor(err.fd), ...inherited(settings)] as const
  const [program, ...args] = argv
  const result = await execa(program, args, { ...common(settings), stdio, detached: true })
  const exitCode = exitCodeOf(argv, result, settings)
  return { exitCode, stdout: await out.text(mostOutput), stderr: await err.text(mostOutput) }
}

function common({ input, env }: ExecSettings) {
  return {
    reject: false,
    ...(input !== undefined && { input }),
    stripFinalNewline: false,
    forceKillAfterDelay: 5_000,
    // Listens for our own end, in each call. Who is to be ended is ended by a signal; what only looks may outlive us a little.
    cleanup: false,
    env: { ...environment, ...env },
    extendEnv: false,
  } as const satisfies Options
}

/** Without input /dev/null, which costs less than a pipe that is closed at once. */
function stdinOf({ input }: ExecSettings): 'ignore' | 'pipe' {
  return input === undefined ? 'ignore' : 'pipe'
}

function inherited({ inherit }: ExecSettings): readonly 9[] {
  return inherit === undefined ? [] : [descriptor(inherit)]
}

/** execa's types know descriptors up to 9 alone; it passes on any. */
function descriptor(fd: number): 9 {
  return fd as 9 // oxlint-disable-line typescript/no-unsafe-type-assertion
}

interface Ended {
  readonly exitCode?: number | undefined
  readonly signal?: string | undefined
  readonly originalMessage?: string | undefined
}

function exitCodeOf(argv: Argv, ended: Ended, { ok = [] }: ExecSettings): number {
  if (ended.exitCode !== undefined) return ended.exitCode
  if (ended.signal === 'SIGKILL' && ok.includes(killed)) return killed
  throw withoutAnswer(argv, ended)
}

function withoutAnswer(argv: Argv, { signal, originalMessage }: Ended): ExecError {
  return new ExecError(`${argv.join(' ')}: ${originalMessage || `ended by ${signal}`}`)
}

/** What a program says last is mostly why it failed. */
function lastLines(output: string): string {
  return output.trim().split('\n').slice(-5).join('\n') || 'it said nothing'
}
