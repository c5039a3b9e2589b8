import type { Logger } from 'pino'
import { orAborted, withDeadline } from '../../src/engine/clock.ts'
import { messageOf } from '../../src/engine/errors.ts'
import { bootNote } from '../host/boot-note.ts'
import { clock } from '../host/clock.ts'
import { writeConsole } from '../host/console.ts'
import { spanOf } from './table.ts'
import { shortVerdict, type Verdict } from './verdict.ts'
import { cutTo } from './width.ts'

const mostLetters = 300

/** Closing a serial line may wait for what has not left it yet. */
const answerMs = 2_000

const machine = { note: bootNote('/run/slurm-node-agent.console'), write: writeConsole }

/** The run in one line; of a reason, which may quote a program, only what a terminal prints. */
export function consoleLine(verdict: Verdict, durationMs: number): string {
  return lineOf(outcomeOf(verdict, spanOf(durationMs)))
}

function lineOf(text: string): string {
  return cutTo(mostLetters, `slurm-node-agent: ${text}`.replaceAll(/[\p{C}\p{Z}]+/gu, ' '))
}

function outcomeOf(verdict: Verdict, span: string): string {
  switch (verdict.is) {
    case 'ready':
      return `converged after ${span}`
    case 'degraded':
      return `degraded after ${span}: ${troubleOf(verdict)}`
    case 'failed':
      return `failed: ${troubleOf(verdict)}`
  }
}

function troubleOf({ step, code, because }: Exclude<Verdict, { is: 'ready' }>): string {
  return `${step} ${code}: ${because}`
}

/** Tells the console of the first verdict of a boot, and of each that is another one than that before. Never throws. */
export async function tellConsole(
  log: Logger,
  verdict: Verdict,
  durationMs: number,
  on: typeof machine = machine,
): Promise<void> {
  try {
    await tell(shortVerdict(verdict), consoleLine(verdict, durationMs), on)
  } catch (error) {
    log.warn({ reason: messageOf(error) }, 'console-not-written')
  }
}

/** The same of a run that did not begin, which has standard error for a log. Never throws. */
export async function tellConsoleOfError(message: string, on: typeof machine = machine): Promise<void> {
  const line = lineOf(`failed: ${message}`)
  try {
    await tell(line, line, on)
  } catch (error) {
    process.stderr.write(`slurm-node-agent: the console was not told: ${messageOf(error)}\n`)
  }
}

async function tell(short: string, line: string, { note, write }: typeof machine): Promise<void> {
  using deadline = withDeadline(clock, answerMs, new AbortController().signal)
  if ((await note.read()) === short) return
  await note.write(short)
  await orAborted(write(line), deadline.signal)
}
