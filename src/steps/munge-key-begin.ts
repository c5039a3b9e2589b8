import { join } from 'node:path'
import type { FrontendConfig } from '../config/frontend-schema.ts'
import type { Action, ActionOutcome, Write } from '../engine/action.ts'
import { orAborted } from '../engine/clock.ts'
import { messageOf } from '../engine/errors.ts'
import type { Host } from '../engine/host.ts'
import type { Ports } from '../engine/run.ts'
import { printRotation } from '../formats/munge-rotation.ts'
import { rotationPath, stopSlurmctld } from './munge-key-rotation.ts'
import { toForgetSilent } from './munge-key-silent.ts'
import { fingerprintIn } from './munge-key-trust.ts'
import { systemctl } from './service.ts'
import { shareOf } from './share.ts'
import { askSlurm, wordsOf } from './slurm-question.ts'
import { slurmctldUnit } from './slurmctld.ts'
import { restartTrouble } from './slurmctld-restart.ts'

/**
 * Keeps pending jobs from starting while it is asked whether jobs run: partitions that were set down would stay so were we
 * killed, a reservation ends by itself. Only root may use it; what runs already is not touched by it. Other reservations
 * stay: without OVERLAP, one that is active on any node would have it refused. A job of such a one may still start.
 */
const hold = 'slurm-node-agent'
const holdMinutes = 2

export interface Beginning {
  readonly config: FrontendConfig
  readonly whileJobsRun: boolean
  readonly ports: Pick<Ports, 'host' | 'perform'>
  readonly signal: AbortSignal
  /** Aborted with the parent, or after a while: a share that is dead does not answer at all. */
  readonly soon: (parent?: AbortSignal) => AbortSignal
}

/**
 * Has the next run replace the cluster's key: stops slurmctld and says so on the share. One that was begun before is gone
 * on with. Throws where it must not be, or cannot.
 */
export async function beginRotation(beginning: Beginning): Promise<void> {
  const { config, whileJobsRun, signal, soon, ports } = beginning
  const keys = await orAborted(keysOnShare(config, ports.host), soon(signal))
  if (keys.isRotating) return
  if (keys.current === undefined) {
    throw new Error(`there is no key in ${shareOf(config).mungeKeys}: mount the share and make one, by apply`)
  }
  const trouble = await orAborted(restartTrouble(config, ports.host, soon(signal)), soon(signal))
  if (trouble !== '')
    throw new Error(`slurmctld, once stopped, would not start again: ${trouble}; mend it first, by apply`)
  if (whileJobsRun) return await begin(keys.current, keys.all, beginning)
  await holdScheduling(ports.host, signal)
  try {
    await refuseWhileJobsRun(ports.host, signal)
    await begin(keys.current, keys.all, beginning)
  } catch (error) {
    await releaseScheduling(ports.host, soon())
    throw error
  }
}

interface Keys {
  readonly current: string | undefined
  readonly all: readonly string[]
  readonly isRotating: boolean
}

async function keysOnShare(config: FrontendConfig, host: Host): Promise<Keys> {
  const share = shareOf(config)
  const [pointer, names, rotation] = await Promise.all([
    host.stat(join(share.mungeKeys, 'current')),
    host.list(share.mungeKeys),
    host.read(rotationPath(share)),
  ])
  return {
    current: fingerprintIn(pointer?.target ?? ''),
    all: names.flatMap((name) => fingerprintIn(name) ?? []),
    isRotating: rotation !== undefined,
  }
}

/** It is asked before slurmctld is stopped who is there. */
async function begin(old: string, known: readonly string[], { config, ports, signal, soon }: Beginning): Promise<void> {
  const path = rotationPath(shareOf(config))
  const { mountPoint: whileMounted } = config.efs
  for (const forget of await orAborted(toForgetSilent(config, ports.host, signal), soon(signal))) {
    await carryOut(forget, ports, signal, soon(signal))
  }
  const write: Write = {
    do: 'write',
    path,
    content: printRotation({ old, known }),
    was: undefined,
    mode: 0o600,
    whileMounted,
    because: 'a person wants the key to be replaced',
  }
  // Stopped before the record is there: whoever is cut off in between has begun nothing, and no job starts after the look.
  let mayBeThere = false
  try {
    await carryOut(stopSlurmctld, ports, signal, signal)
    mayBeThere = true
    await carryOut(write, ports, signal, soon(signal))
  } catch (error) {
    const trouble = await troubleStartingAgain(ports, soon)
    // What was given up may go on, so that it cannot be told whether the record is there.
    const isInDoubt = mayBeThere && !(error instanceof NotDone)
    if (!isInDoubt && trouble === undefined) throw error
    const what = isInDoubt
      ? `the next apply replaces the key all the same, unless ${path} is removed`
      : messageOf(error)
    const more = trouble === undefined ? '' : `; slurmctld is stopped until apply starts it: ${trouble}`
    throw new Error(`${what}${more}`, { cause: error })
  }
}

async function troubleStartingAgain(
  { perform }: Pick<Ports, 'perform'>,
  soon: Beginning['soon'],
): Promise<string | undefined> {
  const outcome = await orAborted(perform(startSlurmctld, soon()), soon()).catch(messageOf)
  return typeof outcome === 'string' ? outcome : whyNotDone(outcome)
}

const startSlurmctld = systemctl('the key is not replaced', 'start', slurmctldUnit)

/** Nothing of it was done. */
class NotDone extends Error {
  override readonly name = 'NotDone'
  constructor(why: string) {
    super(`the key was not replaced: ${why}`)
  }
}

function whyNotDone(outcome: ActionOutcome): string | undefined {
  switch (outcome.is) {
    case 'failed':
      return outcome.error
    case 'stale':
      return outcome.because
    case 'done':
      return undefined
  }
}

/** Throws NotDone, or why it was given up. `limit`: on a share that is gone an action may never end. */
async function carryOut(
  action: Action,
  { perform }: Pick<Ports, 'perform'>,
  signal: AbortSignal,
  limit: AbortSignal,
): Promise<void> {
  const outcome = await orAborted(perform(action, signal), limit)
  const why = whyNotDone(outcome)
  if (why !== undefined) throw new NotDone(why)
}

const anyway = 'with --while-jobs-run they run on, but may not start anything new on other nodes meanwhile'

async function holdScheduling(host: Host, signal: AbortSignal): Promise<void> {
  // Of a command that was cut off.
  await releaseScheduling(host, signal)
  const when = ['StartTime=now', `Duration=${holdMinutes}`] as const
  const what = [`ReservationName=${hold}`, 'Users=root', 'Nodes=ALL', ...when, 'Flags=IGNORE_JOBS,OVERLAP'] as const
  const held = await askSlurm(['scontrol', 'create', 'reservation', ...what], host, signal)
  if (held.exitCode !== 0)
    throw new Error(`slurmctld does not hold pending jobs back: ${wordsOf(held) || 'no answer'}; ${anyway}`)
}

/** It may not be there, and slurmctld may be down; then it ends by itself. */
async function releaseScheduling(host: Host, signal: AbortSignal): Promise<void> {
  await askSlurm(['scontrol', 'delete', `ReservationName=${hold}`], host, signal)
}

/** Of squeue's states, those of jobs that do not run yet, or no longer. Source: squeue(1), JOB STATE CODES. */
const idle = new Set([
  'PENDING',
  'COMPLETED',
  'CANCELLED',
  'FAILED',
  'TIMEOUT',
  'NODE_FAIL',
  'PREEMPTED',
  'BOOT_FAIL',
  'DEADLINE',
  'OUT_OF_MEMORY',
  'REVOKED',
  'REQUEUED',
  'REQUEUE_FED',
  'REQUEUE_HOLD',
  'RESV_DEL_HOLD',
  'SPECIAL_EXIT',
])

async function refuseWhileJobsRun(host: Host, signal: AbortSignal): Promise<void> {
  const shown = await askSlurm(['squeue', '--all', '--noheader', '--states=all', '--format=%T'], host, signal)
  if (shown.exitCode !== 0)
    throw new Error(`slurmctld does not tell whether jobs run: ${wordsOf(shown) || 'no answer'}; ${anyway}`)
  const running = shown.stdout.split('\n').filter((state) => state !== '' && !idle.has(state))
  if (running.length > 0) throw new Error(`jobs are running: ${running.length}; wait for them to end; ${anyway}`)
}
