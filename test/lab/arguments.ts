import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import { SCENARIOS } from './catalogue.ts'
import type { Scenario } from './scenario.ts'
import { SUITES, type SuiteName } from './suites.ts'

/** With the Debian release of the guests. */
export type Command = Verb & { readonly suite: SuiteName }

type Verb =
  /** `picture`: where the timeline of the run goes, as SVG. */
  | { readonly verb: 'watch'; readonly picture: string | undefined }
  | { readonly verb: 'list' }
  | { readonly verb: 'up' }
  | { readonly verb: 'down' }
  | { readonly verb: 'bench'; readonly pairs: number }
  | {
      readonly verb: 'run'
      readonly scenarios: readonly Scenario[]
      readonly skipped: readonly Scenario[]
      readonly seed: number
      readonly rounds: number
    }

export const USAGE = `npm run lab                       boot one instance and watch the agent at work
           --picture FILE         write the timeline of its run, as SVG
npm run lab -- list               the scenarios
npm run lab -- run [SCENARIO…]    run them; without a name, those that CI runs
           --all                  run every scenario
           --seed N               repeat the chances of an earlier run
           --rounds N             how often those in which chance plays a part are run
npm run lab -- bench [--pairs N]  first boots and reruns, the agent against the shell script that it replaces
npm run lab -- up                 boot one instance and leave it running
npm run lab -- down               stop it
           --suite trixie         with any of these: guests of Debian 13, not of 12 (bookworm)`

/** Throws where the command line makes no sense; the message says what to write instead. */
export function parseCommandLine(argv: readonly string[]): Command {
  const { values, positionals } = parseArgs({ args: [...argv], allowPositionals: true, options })
  return { ...verbOf(positionals, values), suite: suiteOf(values.suite) }
}

const options = {
  all: { type: 'boolean' },
  seed: { type: 'string' },
  rounds: { type: 'string' },
  pairs: { type: 'string' },
  picture: { type: 'string' },
  suite: { type: 'string' },
} as const satisfies ParseArgsOptionsConfig

type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>['values']

function verbOf(positionals: readonly string[], values: Values): Verb {
  const [verb = 'watch', ...names] = positionals
  switch (verb) {
    case 'watch':
      if (names.length > 0) throw new Error(`${verb} takes no further word: ${names.join(' ')}`)
      return { verb, picture: values.picture }
    case 'list':
    case 'up':
    case 'down':
      if (names.length > 0) throw new Error(`${verb} takes no further word: ${names.join(' ')}`)
      return { verb }
    case 'bench':
      if (names.length > 0) throw new Error(`${verb} takes no further word: ${names.join(' ')}`)
      return { verb, pairs: count(values.pairs, 'pairs') ?? 3 }
    case 'run': {
      const scenarios = chosen(names, values.all === true)
      return {
        verb,
        scenarios,
        skipped: names.length === 0 ? SCENARIOS.filter((scenario) => !scenarios.includes(scenario)) : [],
        seed: count(values.seed, 'seed') ?? Math.trunc(Math.random() * 1_000_000),
        rounds: count(values.rounds, 'rounds') ?? 1,
      }
    }
    default:
      throw new Error(`no such command: ${verb}`)
  }
}

function chosen(names: readonly string[], all: boolean): readonly Scenario[] {
  if (names.length === 0) return all ? SCENARIOS : SCENARIOS.filter(({ ci }) => ci === true)
  return names.map((name) => {
    const scenario = SCENARIOS.find((candidate) => candidate.name === name)
    if (scenario === undefined) throw new Error(`no such scenario: ${name}; 'list' names them`)
    return scenario
  })
}

function suiteOf(name = 'bookworm'): SuiteName {
  if (name === 'bookworm' || name === 'trixie') return name
  throw new Error(`--suite takes ${Object.keys(SUITES).join(' or ')}, not ${name}`)
}

function count(value: string | undefined, name: string): number | undefined {
  if (value === undefined) return undefined
  if (!/^\d{1,9}$/.test(value)) throw new Error(`--${name} takes a whole number, not ${value}`)
  return Number(value)
}
