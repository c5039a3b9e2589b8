import type { FrontendConfig } from '../../src/config/frontend-schema.ts'
import type { Action } from '../../src/engine/action.ts'
import { orAborted } from '../../src/engine/clock.ts'
import { printRotation } from '../../src/formats/munge-rotation.ts'
import { rotationPath, stopSlurmctld } from '../../src/steps/munge-key-rotation.ts'
import { toForgetSilent } from '../../src/steps/munge-key-silent.ts'
import { fingerprintIn } from '../../src/steps/munge-key-trust.ts'
import { shareOf } from '../../src/steps/share.ts'
import { slurmdbdTrouble } from '../../src/steps/slurmdbd.ts'
import { defaultConfigPath, loadConfig } from '../config-file.ts'
import { host } from '../host/host.ts'
import { perform } from '../host/perform.ts'
import { acquireRunLock } from '../host/run-lock.ts'
import { apply } from './apply.ts'
import { parseOptions, refusePositionals } from './options.ts'
import { refuseUnlessRoot } from './root.ts'
import { UsageError } from './usage-error.ts'

const answerMs = 30_000

/** Has the cluster's key replaced by a new one: says so to the next run, and begins it. */
export async function mungeKey(args: readonly string[], signal: AbortSignal): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    'while-jobs-run': { type: 'boolean', default: false },
    config: { type: 'string', default: defaultConfigPath },
  })
  const [verb, ...rest] = positionals
  refusePositionals(rest)
  if (verb !== 'rotate') throw new UsageError('munge-key takes: rotate [--while-jobs-run]')
  refuseUnlessRoot('munge-key rotate')
  const config = await loadConfig(values.config)
  if (config.role !== 'frontend') throw new Error('the key is replaced on the front end; this is a job server')
  {
    await using _lock = await acquireRunLock('munge-key rotate')
    const keys = await orAborted(keysOnShare(config), soon(signal))
    if (!keys.isRotating) await begin(config, keys, values['while-jobs-run'], signal)
  }
  process.stdout.write('The key is replaced now, by a run of apply; where that is cut off, the next run goes on.\n')
  return await apply(['--config', values.config], signal)
}

/** A share that is dead does not answer at all. */
function soon(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(answerMs)])
}

interface Keys {
  readonly current: string | undefined
  readonly all: readonly string[]
  readonly isRotating: boolean
}

async function keysOnShare(config: FrontendConfig): Promise<Keys> {
  const share = shareOf(config)
  const [pointer, names, rotation] = await Promise.all([
    host.stat(`${share.mungeKeys}/current`),
    host.list(share.mungeKeys),
    host.read(rotationPath(share)),
  ])
  return {
    current: fingerprintIn(pointer?.target ?? ''),
    all: names.flatMap((name) => fingerprintIn(name) ?? []),
    isRotating: rotation !== undefined,
  }
}

async function begin(
  config: FrontendConfig,
  { current, all }: Keys,
  whileJobsRun: boolean,
  signal: AbortSignal,
): Promise<void> {
  if (current === undefined) {
    throw new Error(`there is no key in ${shareOf(config).mungeKeys}: mount the share and make one, by apply`)
  }
  if (!whileJobsRun) await refuseWhileJobsRun(signal)
  if (config.accounting.enabled) await refuseWithoutAccounting(signal)
  // slurmctld is stopped at once, so that no job begins meanwhile; it is asked before that who is there.
  const begun: readonly Action[] = [
    ...(await orAborted(toForgetSilent(config, host, signal), soon(signal))),
    {
      do: 'write',
      path: rotationPath(shareOf(config)),
      content: printRotation({ old: current, known: all }),
      was: undefined,
      mode: 0o600,
      whileMounted: config.efs.mountPoint,
      because: 'a person wants the key to be replaced',
    },
    stopSlurmctld,
  ]
  for (const action of begun) {
    // On a share that is gone an action may never end; whether it was done, the next apply sees.
    const limit = action === stopSlurmctld ? signal : soon(signal)
    const outcome = await orAborted(perform(action, signal), limit)
    if (outcome.is === 'failed') throw new Error(`the key was not replaced: ${outcome.error}`)
    if (outcome.is === 'stale') throw new Error(`the key was not replaced: ${outcome.because}`)
  }
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
  'SPECIAL_EXIT',
])

async function refuseWhileJobsRun(signal: AbortSignal): Promise<void> {
  const argv = ['squeue', '--all', '--noheader', '--states=all', '--format=%T'] as const
  const { exitCode, stdout, stderr } = await host.exec(argv, { signal, ok: [0, 1] })
  const anyway = 'with --while-jobs-run they run on, but may not start anything new on other nodes meanwhile'
  if (exitCode !== 0) throw new Error(`slurmctld does not tell whether jobs run: ${stderr.trim()}; ${anyway}`)
  const running = stdout.split('\n').filter((state) => state !== '' && !idle.has(state))
  if (running.length > 0) throw new Error(`jobs are running: ${running.length}; wait for them to end; ${anyway}`)
}

/** slurmctld, once stopped, is started again only behind a slurmdbd that answers. */
async function refuseWithoutAccounting(signal: AbortSignal): Promise<void> {
  const trouble = await slurmdbdTrouble(host, signal)
  if (trouble !== '') throw new Error(`slurmdbd does not answer: ${trouble}; mend it first, by apply`)
}
