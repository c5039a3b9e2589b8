import type { Logger } from 'pino'
import { orAborted, withDeadline } from '../../src/engine/clock.ts'
import type { AnyCode } from '../../src/engine/codes.ts'
import { messageOf } from '../../src/engine/errors.ts'
import { present } from '../host/aws.ts'
import { bootNote } from '../host/boot-note.ts'
import { clock } from '../host/clock.ts'
import { tagInstance } from '../host/ec2.ts'
import { metadata } from '../host/metadata.ts'
import { shortVerdict, type Verdict } from './verdict.ts'

const key = 'slurm-node-agent:status'
const converging = 'converging'

/** A run is not held up for longer; where there is none, nothing is. */
const answerMs = { ofRun: 4_000, ofNone: 12_000 }

/** Of this boot, and so of this instance: what the tag is known to be. */
const machine = { note: bootNote('/run/slurm-node-agent.status-tag'), tagInstance, metadata }

/**
 * Tells by a tag of the instance what a run makes of it: `converging` as it begins, where the instance is not known to be
 * up, and the verdict when it has ended. EC2 is called only for another value than the last. Never throws; what goes wrong
 * is logged, once a run.
 */
export function statusTag(
  log: Logger,
  stop: AbortSignal,
  on: typeof machine = machine,
): { end(verdict: Verdict | undefined): Promise<void> } {
  let warned = false
  const begun = tell(converging)

  async function tell(value: string, before?: Promise<void>): Promise<void> {
    using deadline = withDeadline(clock, answerMs.ofRun, stop)
    await before
    try {
      await orAborted(write(value, on, deadline.signal), deadline.signal)
    } catch (error) {
      if (warned || stop.aborted) return
      warned = true
      log.warn({ action: 'ec2:CreateTags', reason: messageOf(error) }, 'status-tag-not-written')
    }
  }

  return {
    async end(verdict) {
      await (verdict === undefined ? begun : tell(shortVerdict(verdict), begun))
    },
  }
}

/** The same of a run that did not begin, which has standard error for a log. Never throws. */
export async function tagError(code: AnyCode, stop: AbortSignal, on: typeof machine = machine): Promise<void> {
  using deadline = withDeadline(clock, answerMs.ofNone, stop)
  try {
    await orAborted(write(`failed ${code}`, on, deadline.signal), deadline.signal)
  } catch (error) {
    if (stop.aborted) return
    process.stderr.write(`slurm-node-agent: the tag was not written: ${messageOf(error)}\n`)
  }
}

async function write(value: string, { note, ...ec2 }: typeof machine, signal: AbortSignal): Promise<void> {
  const last = await note.read()
  if (value === last || (value === converging && isUp(last))) return
  await note.forget() // until EC2 has answered, it may have the one or the other
  const instanceId = present(
    await ec2.metadata('meta-data/instance-id', signal),
    'the metadata service names no instance ID',
  )
  const answer = await ec2.tagInstance(instanceId.trim(), { key, value }, signal)
  if (answer.is !== 'known') throw new Error(answer.because)
  await note.write(value)
}

/** With or without warnings: a steady run changes nothing about that. */
function isUp(value: string | undefined): boolean {
  return value === 'ready' || value?.startsWith('degraded ') === true
}
