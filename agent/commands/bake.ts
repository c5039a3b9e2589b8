import { recordPath } from '../../src/steps/munge-key-seen.ts'
import { imageStepsOf } from '../../src/steps/roles.ts'
import { slurmConfPath } from '../../src/steps/slurm-files.ts'
import { defaultConfigPath, loadConfig } from '../config-file.ts'
import { exitCode } from '../exit-code.ts'
import { stat } from '../host/files.ts'
import { acquireRunLock } from '../host/run-lock.ts'
import { removeLog } from '../report/log.ts'
import { removeState } from '../report/state-file.ts'
import { parseOptions, refusePositionals } from './options.ts'
import { refuseUnlessRoot } from './root.ts'
import { runReported } from './run.ts'
import { UsageError } from './usage-error.ts'

/** Installs what a role needs, and takes away what would make the instances of an image of this machine alike. */
export async function bake(args: readonly string[], signal: AbortSignal): Promise<number> {
  const { values, positionals } = parseOptions(args, { config: { type: 'string' } })
  refusePositionals(positionals)
  if (values.config === undefined) {
    throw new UsageError('bake takes: --config FILE, a configuration of instances that are to start from the image')
  }
  refuseUnlessRoot('bake')
  const steps = imageStepsOf(await loadConfig(values.config))

  await using _lock = await acquireRunLock('bake')
  await refuseOnMember()
  const outcome = await runReported('bake', steps, signal)
  if (outcome === 'degraded') return exitCode.degraded // status tells of what
  await removeState()
  await removeLog()
  process.stdout.write('Baked: switch this machine off, and make an image of its disk before it is booted again.\n')
  return exitCode.converged
}

/** Who has a role has a key and an identity to lose, also one that others gave it. install.sh looks at the same files. */
async function refuseOnMember(): Promise<void> {
  for (const path of [defaultConfigPath, recordPath, slurmConfPath]) {
    if ((await stat(path)) === undefined) continue
    throw new Error(`not baked: this machine has a role, as ${path} says; bake on a new instance without user data`)
  }
}
