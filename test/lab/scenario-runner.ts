import { reportFailure } from './failure-report.ts'
import { type Lab, startLab } from './lab.ts'
import type { ImageName, Prepared } from './preparation.ts'
import { print, seconds } from './print.ts'
import type { Scenario } from './scenario.ts'

export interface RunSettings {
  readonly prepared: Prepared
  readonly runFolder: string
  readonly seed: number
  readonly rounds: number
  readonly signal: AbortSignal
}

interface Outcome {
  readonly scenario: Scenario
  readonly passed: boolean
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
      if (before?.passed === false) {
        print(`  not run: it continues ${before.scenario.name}, which failed`)
        outcomes.push({ scenario, passed: false, durationMs: 0 })
        continue
      }
      const start = performance.now()
      let passed = true
      try {
        if (scenario.after === undefined) {
          await lab?.[Symbol.asyncDispose]()
          lab = await startLab(settings.prepared, settings.runFolder, settings.signal)
        }
        if (lab === undefined) throw new Error(`${scenario.name} continues a scenario that left no lab`)
        await scenario.run({ lab, seed })
      } catch (error) {
        settings.signal.throwIfAborted()
        passed = false
        await reportFailure(error, lab)
      }
      outcomes.push({ scenario, passed, durationMs: performance.now() - start })
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
  return inOrder(wanted).flatMap(({ image }) => (image === undefined ? [] : [image]))
}

/** Each scenario directly after the chain that it continues, so that one lab is up at a time. */
function inOrder(wanted: readonly Scenario[]): Scenario[] {
  const ordered = new Set<Scenario>()
  const add = (scenario: Scenario): void => {
    if (scenario.after !== undefined) add(scenario.after)
    ordered.add(scenario)
  }
  const root = (scenario: Scenario): Scenario => (scenario.after === undefined ? scenario : root(scenario.after))
  for (const first of wanted) {
    for (const scenario of wanted.filter((other) => root(other) === root(first))) add(scenario)
  }
  return [...ordered]
}

function summarize(outcomes: readonly Outcome[], skipped: readonly Scenario[]): boolean {
  print('')
  for (const { scenario, passed, durationMs } of outcomes) {
    print(`${passed ? 'passed' : 'FAILED'}  ${scenario.name.padEnd(16)} ${seconds(durationMs)}`)
  }
  for (const { name, ci } of skipped) {
    if (ci !== true) print(`skipped ${name.padEnd(16)} ${ci.leftOut}`)
  }
  const passed = outcomes.filter((outcome) => outcome.passed).length
  const failed = outcomes.length - passed
  print(`${passed} passed, ${failed} failed, ${skipped.length} skipped`)
  return failed === 0
}
