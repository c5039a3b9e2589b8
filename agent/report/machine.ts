import type { Logger } from 'pino'
import { orAborted, withDeadline } from '../../src/engine/clock.ts'
import { messageOf } from '../../src/engine/errors.ts'
import { clock } from '../host/clock.ts'

/** On a machine that fails, what asks it may hang too. */
const answerMs = 5_000

/** What one asks first of a machine on which a run failed. Memory in bytes. */
interface MachineFacts {
  readonly os: string
  readonly kernel: string
  readonly architecture: string
  readonly memoryBytes: number
  readonly availableBytes: number
}

/** Into the log goes what the machine is like, or why that cannot be told. */
export async function logMachine(log: Logger, signal: AbortSignal, describe = describeMachine): Promise<void> {
  using deadline = withDeadline(clock, answerMs, signal)
  try {
    log.info(await orAborted(describe(), deadline.signal), 'machine-described')
  } catch (error) {
    log.warn({ reason: messageOf(error) }, 'machine-not-described')
  }
}

/** systeminformation runs many programs of its own: it is loaded and asked only when there is something to explain. */
async function describeMachine(): Promise<MachineFacts> {
  const { mem, osInfo } = await import('systeminformation')
  const [os, memory] = await Promise.all([osInfo(), mem()])
  return {
    os: `${os.distro} ${os.release}`,
    kernel: os.kernel,
    architecture: os.arch,
    memoryBytes: memory.total,
    availableBytes: memory.available,
  }
}
