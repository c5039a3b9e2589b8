import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execInside } from './namespace.ts'
import { PREPARED, type Prepared } from './preparation.ts'
import { print, seconds } from './print.ts'
import type { Scenario } from './scenario.ts'
import { chainsOf, DETAIL, printSkipped, roundsOf } from './scenario-runner.ts'

interface Lanes {
  /** How many labs are up at once, each in a namespace of its own. */
  readonly atOnce: number
  readonly prepared: Prepared
  readonly runFolder: string
  readonly seed: number
  readonly rounds: number
  readonly signal: AbortSignal
}

/** Scenarios that continue one another, with the seed for their choices. */
interface Chain {
  readonly names: readonly string[]
  readonly seed: number
}

/**
 * Runs scenarios several at once, and tells whether all passed. Those that continue one another stay together; what they
 * print comes when they have ended, whole. Each guest keeps two processors busy: it takes a machine with more of them to
 * be faster than one after the other.
 */
export async function runInLanes(
  wanted: readonly Scenario[],
  skipped: readonly Scenario[],
  lanes: Lanes,
): Promise<boolean> {
  const chains = chainsOf(wanted).flatMap((scenarios): Chain[] =>
    Array.from({ length: Math.max(...scenarios.map((scenario) => roundsOf(scenario, lanes.rounds))) }, (_, round) => ({
      names: scenarios.map(({ name }) => name),
      seed: lanes.seed + round,
    })),
  )
  const waiting = chains.values()
  const results: string[] = []
  let passed = true
  const lane = async (): Promise<void> => {
    for (const { names, seed } of waiting) {
      const start = performance.now()
      print(`    … ${names.join(', ')} (--seed ${seed})`)
      const { exitCode, output } = await runChain({ names, seed }, lanes)
      lanes.signal.throwIfAborted()
      print(output)
      results.push(
        `${exitCode === 0 ? 'passed' : 'FAILED'}  ${names.join(', ').padEnd(40)} ${seconds(performance.now() - start)}`,
        ...failuresIn(output),
      )
      passed &&= exitCode === 0
    }
  }
  await Promise.all(Array.from({ length: lanes.atOnce }, lane))
  print('')
  for (const result of results) print(result)
  printSkipped(skipped)
  return passed
}

/** What a chain's own summary says of those that failed: who has the end of a log alone shall know what it was. */
function failuresIn(output: string): readonly string[] {
  return (output.match(/^FAILED .*(?:\n +.*)*/gm) ?? []).map((lines) => lines.replaceAll(/^/gm, DETAIL))
}

async function runChain({ names, seed }: Chain, { prepared, runFolder, signal }: Lanes) {
  const folder = join(runFolder, `${names[0]}-${seed}`)
  await mkdir(folder)
  await writeFile(join(folder, PREPARED), JSON.stringify(prepared))
  const argv = ['run', ...names, '--seed', String(seed)]
  return await execInside(folder, argv, signal)
}
