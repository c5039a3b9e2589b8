import { rotationPath } from '../../src/steps/munge-key-rotation.ts'
import { shareOf } from '../../src/steps/share.ts'
import { defaultConfigPath, loadConfig } from '../config-file.ts'
import { host } from '../host/host.ts'
import { writeRecord } from '../host/records.ts'
import { acquireRunLock } from '../host/run-lock.ts'
import { apply } from './apply.ts'
import { parseOptions, refusePositionals } from './options.ts'
import { refuseUnlessRoot } from './root.ts'
import { UsageError } from './usage-error.ts'

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
    const pointer = await host.stat(`${shareOf(config).mungeKeys}/current`)
    const current = /^([0-9a-f]{64})\.key$/.exec(pointer?.target ?? '')?.[1]
    if (current === undefined) throw new Error('the cluster has no key on the share yet: run slurm-node-agent apply')
    if (!values['while-jobs-run']) await refuseWhileJobsRun(signal)
    await writeRecord(rotationPath, `${current}\n`)
  }
  process.stdout.write(
    'The key is replaced now, by a run of apply. Where that is cut off, the next run goes on with it.\n',
  )
  return await apply(['--config', values.config], signal)
}

async function refuseWhileJobsRun(signal: AbortSignal): Promise<void> {
  const argv = ['squeue', '--noheader', '--states=RUNNING,COMPLETING,SUSPENDED', '--format=%A'] as const
  const asked = await host.exec(argv, { signal, ok: [0, 1] })
  const anyway = '--while-jobs-run goes on: jobs run on, but what they start anew on other nodes may fail meanwhile'
  if (asked.exitCode !== 0) throw new Error(`slurmctld does not tell whether jobs run; ${anyway}`)
  const jobs = new Set(asked.stdout.split('\n').filter((line) => line !== ''))
  if (jobs.size > 0) throw new Error(`jobs are running: ${jobs.size}; wait for them to end; ${anyway}`)
}
