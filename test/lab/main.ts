import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Command, parseCommandLine, USAGE } from './arguments.ts'
import { bench } from './commands/bench.ts'
import { down } from './commands/down.ts'
import { list } from './commands/list.ts'
import { stayUp, up } from './commands/up.ts'
import { watch } from './commands/watch.ts'
import { furnish, INSIDE, runInside } from './namespace.ts'
import { PREPARED, type Prepared, prepare } from './preparation.ts'
import { print } from './print.ts'
import { newRunFolder, sweep } from './run-folder.ts'
import { neededImages, runScenarios } from './scenario-runner.ts'

/** Before the namespace: what needs the outside network, then the same command again inside. */
async function outside(command: Command, argv: readonly string[], signal: AbortSignal): Promise<number> {
  if (command.verb === 'list') return list()
  if (command.verb === 'down') return await down()
  await sweep()
  const run = await newRunFolder()
  const needed = command.verb === 'run' ? neededImages(command.scenarios) : []
  const prepared = await prepare(command.suite, needed, run.path, signal)
  await writeFile(join(run.path, PREPARED), JSON.stringify(prepared))
  if (command.verb === 'up') return await up(run.path, argv, signal)
  try {
    return await runInside(run.path, argv, signal)
  } finally {
    await rm(run.path, { recursive: true, force: true })
  }
}

async function inside(command: Command, runFolder: string, signal: AbortSignal): Promise<number> {
  await furnish()
  const prepared: Prepared = JSON.parse(await readFile(join(runFolder, PREPARED), 'utf8'))
  if (command.verb === 'run') {
    const { seed, rounds } = command
    const settings = { prepared, runFolder, seed, rounds, signal }
    return (await runScenarios(command.scenarios, command.skipped, settings)) ? 0 : 1
  }
  if (command.verb === 'bench') return await bench(prepared, runFolder, command.pairs, signal)
  if (command.verb === 'watch') return await watch(prepared, runFolder, command.picture, signal)
  if (command.verb === 'up') return await stayUp(prepared, runFolder, signal)
  throw new Error(`${command.verb} needs no namespace`)
}

function stopSignal(untilStdinEnds: boolean): AbortSignal {
  const controller = new AbortController()
  const stop = (): void => controller.abort(new Error('stopped'))
  // Not `once`: execa's own handler ends the process when it finds itself alone.
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  if (untilStdinEnds) {
    process.stdin.resume().once('end', stop)
    process.stdin.unref()
  }
  return controller.signal
}

async function main(): Promise<number> {
  const argv = process.argv.slice(2)
  if (argv[0] === INSIDE) {
    const [, runFolder = '', ...rest] = argv
    const command = parseCommandLine(rest)
    return await inside(command, runFolder, stopSignal(command.verb !== 'up'))
  }
  if (argv.includes('--help')) {
    print(USAGE)
    return 0
  }
  if (process.getuid?.() !== 0) throw new Error('the lab makes network namespaces and guest images: run it as root')
  return await outside(parseCommandLine(argv), argv, stopSignal(false))
}

try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`lab: ${error instanceof Error ? error.message : String(error)}\n`)
  process.stderr.write(`${error instanceof Error && error.stack !== undefined ? error.stack : ''}\n`)
  process.exitCode = 1
}
// What a killed guest left half done (an SSH connection, a timer) is no reason to stay.
process.exit()
