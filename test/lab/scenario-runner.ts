import { reportFailure } from './failure-report.ts'
import { type Lab, startLab } from './lab.ts'
import type { ImageName, Prepared } from './preparation.ts'
import { print, seconds } from './print.ts'
import type { Scenario } from './scenario.ts'

interface RunSettings {
  readonly prepared: Prepared
  readonly runFolder: string
  readonly seed: number
  readonly rounds: number
  readonly signal: AbortSignal
}

interface Outcome {
  readonly scenario: Scenario
  readonly seed: number
  /** Why it failed, in few lines; undefined: it passed. */
  readonly failure?: string
  readonly durationMs: number
}

/** Runs the scenarios, each after the one it continues, and tells whether all passed. */
export async function runScenarios(
  wanted: readonly Scenario[],
  skipped: readonly Scenario[],
  settings: RunSettings,
): Promise<boolean> {
  const outcomes: Outcome[] = []
  let lab: Lab | undefined
  try {
    for (const { scenario, round } of inRounds(wanted, settings.rounds)) {
      settings.signal.throwIfAborted()
      const seed = settings.seed + round
      print(`\n${scenario.name}: ${scenario.title}${scenario.repeats === true ? ` (--seed ${seed})` : ''}`)
      const before = outcomes.find((outcome) => outcome.scenario === scenario.after)
      if (before?.failure !== undefined) {
        const failure = `not run: it continues ${before.scenario.name}, which failed`
        print(`  ${failure}`)
        outcomes.push({ scenario, seed, failure, durationMs: 0 })
        continue
      }
      const start = performance.now()
      let failure: string | undefined
      try {
        if (scenario.after === undefined) {
          await lab?.[Symbol.asyncDispose]()
          lab = await startLab(settings.prepared, settings.runFolder, settings.signal)
        }
        if (lab === undefined) throw new Error(`${scenario.name} continues a scenario that left no lab`)
        await scenario.run({ lab, seed })
      } catch (error) {
        settings.signal.throwIfAborted()
        failure = await reportFailure(error, lab)
      }
      outcomes.push({
        scenario,
        seed,
        ...(failure !== undefined && { failure }),
        durationMs: performance.now() - start,
      })
    }
  } finally {
    await lab?.[Symbol.asyncDispose]()
  }
  return summarize(outcomes, skipped)
}

/** A scenario in which chance plays a part comes as often as there are rounds, each time with a seed of its own. */
function inRounds(wanted: readonly Scenario[], rounds: number): { scenario: Scenario; round: number }[] {
  return inOrder(wanted).flatMap((scenario) =>
    Array.from({ length: scenario.repeats === true ? rounds : 1 }, (_, round) => ({ scenario, round })),
  )
}

export function neededImages(wanted: readonly Scenario[]): ImageName[] {
  return inOrder(wanted).flatMap(({ images = [] }) => images)
}

/** Each scenario directly after the chain that it continues, so that one lab is up at a time. */
function inOrder(wanted: readonly Scenario[]): readonly Scenario[] {
  const chains = Map.groupBy(wanted, rootOf)
  return [...chains.values()].flatMap((members) => [...new Set(members.flatMap(withThoseBefore))])
}

function rootOf(scenario: Scenario): Scenario {
  return scenario.after === undefined ? scenario : rootOf(scenario.after)
}

function withThoseBefore(scenario: Scenario): readonly Scenario[] {
  return scenario.after === undefined ? [scenario] : [...withThoseBefore(scenario.after), scenario]
}

function summarize(outcomes: readonly Outcome[], skipped: readonly Scenario[]): boolean {
  print('')
  for (const { scenario, seed, failure, durationMs } of outcomes) {
    const chance = scenario.repeats === true ? `  --seed ${seed}` : ''
    print(`${failure === undefined ? 'passed' : 'FAILED'}  ${scenario.name.padEnd(18)} ${seconds(durationMs)}${chance}`)
    if (failure !== undefined) print(failure.replaceAll(/^/gm, ' '.repeat(8)))
  }
  for (const { name, ci } of skipped) {
    if (ci !== true) print(`skipped ${name.padEnd(18)} ${ci.leftOut}`)
  }
  if (skipped.length > 0) print(`skipped ${'the other Debian'.padEnd(18)} --suite has it; it takes as long again`)
  const passed = outcomes.filter(({ failure }) => failure === undefined).length
  const failed = outcomes.length - passed
  print(`${passed} passed, ${failed} failed, ${skipped.length} skipped`)
  return failed === 0
}
