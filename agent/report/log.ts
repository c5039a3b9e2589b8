import { mkdirSync, renameSync, statSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import pino, { type Logger } from 'pino'
import { messageOf } from '../../src/engine/errors.ts'
import { clock } from '../host/clock.ts'
import type { RunEvent } from './run-state.ts'

const directory = '/var/log/slurm-node-agent'
const path = join(directory, 'agent.jsonl')
const maxBytes = 10 * 1024 * 1024

/** JSON lines: to the file that people read, and to standard output (journald) unless a terminal is there. */
export function openLog(runId: string, toStdout: boolean): Logger {
  const destinations = [...logFile(), ...(toStdout ? [pino.destination({ dest: 1, sync: true })] : [])]
  // A full disk or a closed pipe costs lines of the log, not the run.
  for (const destination of destinations) destination.on('error', () => undefined)
  return pino(
    {
      base: { runId },
      messageKey: 'event',
      timestamp: () => `,"time":"${new Date(clock.now()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    pino.multistream(destinations.map((stream) => ({ stream }))),
  )
}

/** A /var that is read-only, or full, costs the file, not the run, which has more to tell than that. */
function logFile() {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o750 })
    keepSmall()
    return [pino.destination({ dest: path, sync: true, mode: 0o640 })]
  } catch (error) {
    process.stderr.write(`${path} cannot be written: ${messageOf(error)}\n`)
    return []
  }
}

/** The file before this one is kept, and none before that. Only a run opens the log, and there is one at a time. */
function keepSmall(): void {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats !== undefined && stats.size > maxBytes) renameSync(path, `${path}.1`)
}

/** Of all runs; what is logged after that is lost. */
export async function removeLog(): Promise<void> {
  await rm(directory, { recursive: true, force: true })
}

/** One line an event: the event's name is the message, its fields are the fields. The run is in each line already. */
export function logEvent(log: Logger, event: RunEvent): void {
  const { event: name, ...fields } = event
  log[levelOf(event)]({ ...fields, runId: undefined }, name)
}

function levelOf(event: RunEvent): 'info' | 'warn' | 'error' {
  switch (event.event) {
    case 'step-retrying':
      return 'warn'
    case 'action-ended':
      return event.outcome === 'failed' ? 'warn' : 'info'
    case 'step-ended':
      return levelOfResult(event.result)
    case 'run-ended':
      return event.outcome === 'failed' ? 'error' : 'info'
    default:
      return 'info'
  }
}

function levelOfResult(result: Extract<RunEvent, { event: 'step-ended' }>['result']): 'info' | 'warn' | 'error' {
  if (result.is === 'failed' || result.is === 'refused') return 'error'
  return result.is === 'converged' && result.warnings.length > 0 ? 'warn' : 'info'
}
