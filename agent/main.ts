import { messageOf } from '../src/engine/errors.ts'
import { UsageError } from './commands/usage-error.ts'
import { ConfigError } from './config-error.ts'
import { exitCode } from './exit-code.ts'
import { LockedError } from './host/locked-error.ts'
import { version } from './version.ts'

const usage = `slurm-node-agent ${version}: brings this instance to its role in a Slurm cluster

  apply [--only STEP...]         converge; shows what runs and what waits for what
  plan [--detailed-exitcode]     what apply would do, with diffs; 0 nothing, 2 changes, 1 error
  status [--wait] [--json]       the last or the running run, step by step
  analyze blame | critical-chain | plot
                                 where the time of that run went; plot writes an SVG picture
  disk consent VOLUME --findings HASH
                                 agree to lose what a refusal has found on the data volume
  munge-key rotate [--while-jobs-run]
                                 replace the cluster's Munge key; refused while jobs run
  upgrade --url URL --sha256 SHA256
                                 put another release in place; one that does not work is undone
  bake --config FILE             make this machine ready for an image: packages in, keys and IDs out
  explain [CODE]                 what a code means, how it comes about, how to mend it; or all codes
  collect-logs [FILE]            an archive for a bug report, without any key
  config check | schema | show   the configuration: is it good, what may be in it, with defaults
  version

apply, plan, disk, munge-key, collect-logs and config take --config FILE
(/etc/slurm-node-agent/config.json).
Exit codes: 0 converged, 1 failed or refused, 2 changes (plan), 3 degraded,
64 usage, 75 another run holds the lock, 78 bad configuration.
`

/** Commands are loaded when they are called: `config check` and `explain` need neither the steps nor the log. */
async function run(command: string | undefined, args: readonly string[], signal: AbortSignal): Promise<number> {
  switch (command) {
    case 'apply':
      return await (await import('./commands/apply.ts')).apply(args, signal)
    case 'plan':
      return await (await import('./commands/plan.ts')).plan(args, signal)
    case 'status':
      return await (await import('./commands/status.ts')).status(args, signal)
    case 'analyze':
      return await (await import('./commands/analyze.ts')).analyze(args)
    case 'disk':
      return await (await import('./commands/disk.ts')).disk(args, signal)
    case 'munge-key':
      return await (await import('./commands/munge-key.ts')).mungeKey(args, signal)
    case 'upgrade':
      return await (await import('./commands/upgrade.ts')).upgrade(args, signal)
    case 'bake':
      return await (await import('./commands/bake.ts')).bake(args, signal)
    case 'explain':
      return (await import('./commands/explain.ts')).explain(args)
    case 'collect-logs':
      return await (await import('./commands/collect-logs.ts')).collectLogs(args, signal)
    case 'config':
      return await (await import('./commands/config.ts')).config(args)
    case 'version':
    case '--version':
      process.stdout.write(`${version}\n`)
      return exitCode.converged
    case 'help':
    case '--help':
      process.stdout.write(usage)
      return exitCode.converged
    default:
      throw new UsageError(command === undefined ? 'a command is missing' : `there is no command ${command}`)
  }
}

function codeOf(error: unknown): number {
  if (error instanceof UsageError) return exitCode.usage
  if (error instanceof ConfigError) return exitCode.badConfig
  return error instanceof LockedError ? exitCode.locked : exitCode.failed
}

/**
 * A signal ends the run after what must not be interrupted; more of them change nothing. That we keep listening is
 * what keeps us alive: the listener that shows the cursor again, were it the last one, would send the signal to us once more.
 */
function stopSignal(): AbortSignal {
  const stop = new AbortController()
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(name, () => stop.abort(new Error(`stopped by ${name}`)))
  }
  return stop.signal
}

// A read on a dead share holds a thread of libuv's pool for as long as the share is dead. With the four that there are
// by default, a few of them would keep us from all other files too.
process.env['UV_THREADPOOL_SIZE'] ??= '32'
// A strict umask of the shell that calls us is not meant for the folders that daemons must read, nor for apt.
process.umask(0o022)
// That nobody reads any more (a closed terminal, `| head`) must not end a run; the log and the state file have it all.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)

function failed(error: unknown): number {
  const hint = error instanceof UsageError ? '; slurm-node-agent help' : ''
  process.stderr.write(`slurm-node-agent: ${messageOf(error)}${hint}\n`)
  return codeOf(error)
}

/**
 * process.exit() would wait for the threads of the pool, and so for a dead share. Another program in our place ends with
 * our code at once; who listens for the end is told first: the terminal shows its cursor again, start.ts keeps the code.
 */
function leave(code: number): void {
  process.exitCode = code
  process.emit('exit', code)
  process.execve?.('/bin/sh', ['sh', '-c', `exit ${code}`], process.env)
}

// What is lost on the way is no success.
process.exitCode = exitCode.failed
// Not awaited: a script, which is what this is built into, has no await at its top.
const [command, ...args] = process.argv.slice(2)
void run(command, args, stopSignal()).catch(failed).then(leave)
