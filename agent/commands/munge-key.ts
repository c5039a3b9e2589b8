import { beginRotation } from '../../src/steps/munge-key-begin.ts'
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
    await beginRotation({ config, whileJobsRun: values['while-jobs-run'], ports: { host, perform }, signal, soon })
  }
  process.stdout.write('The key is replaced now, by a run of apply; where that is cut off, the next run goes on.\n')
  return await apply(['--config', values.config], signal)
}

function soon(parent: AbortSignal = new AbortController().signal): AbortSignal {
  return AbortSignal.any([parent, AbortSignal.timeout(answerMs)])
}
