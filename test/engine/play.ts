import type { Action, ActionOutcome } from '../../src/engine/action.ts'
import type { Event, StepResult } from '../../src/engine/events.ts'
import { type Ports, runSteps } from '../../src/engine/runner.ts'
import type { AnyStep } from '../../src/engine/step.ts'
import { fakeClock } from '../fake-clock.ts'
import { fakeHost } from '../fake-host.ts'
import type { Look } from './looks.ts'

/** A step whose looks are told in advance; the last is repeated, or, with `cycles`, all of them are. */
export interface Script {
  readonly id: string
  readonly after?: readonly string[]
  readonly deadlineMs?: number
  readonly looks: readonly Look[]
  readonly lookMs?: number
  readonly cycles?: boolean
}

/** How an action goes, by its program's name or what follows the dot in it; without an entry it is done at once. */
export interface Deed {
  readonly tookMs?: number
  /** Does not heed its signal. */
  readonly deaf?: true
  /** One a try, the last repeated. */
  readonly ends?: readonly ('done' | 'failed' | 'stale')[]
}

export interface Play {
  readonly deeds?: Readonly<Record<string, Deed>>
  readonly mayAct?: (step: string) => boolean
  /** 0: before the start. */
  readonly stopAtMs?: number
}

/** What was seen from outside, in order, with the time: looks and effects as the machine saw them, and the events. */
export type Entry = { readonly at: number } & (
  | {
      readonly saw: 'look'
      readonly step: string
      readonly look: Look['is']
      readonly past: readonly ActionOutcome['is'][]
    }
  | { readonly saw: 'effect' | 'effect-over'; readonly action: Action }
  | { readonly saw: 'event'; readonly event: Event }
)

export interface Played {
  readonly results: Readonly<Record<string, StepResult>>
  readonly entries: readonly Entry[]
  readonly endedAtMs: number
  /** Entries at the time of the end: those after it are what abandoned looks still did. */
  readonly entriesAtEnd: number
}

/** Runs the scripts in virtual time and without chance, then waits for whatever was left behind. */
export async function play(
  scripts: readonly Script[],
  { deeds = {}, mayAct = () => true, stopAtMs }: Play = {},
): Promise<Played> {
  const clock = fakeClock()
  const stop = new AbortController()
  const entries: Entry[] = []
  const tries = new Map<string, number>()

  async function perform(action: Action, signal: AbortSignal): Promise<ActionOutcome> {
    entries.push({ at: clock.now(), saw: 'effect', action })
    const name = action.do === 'exec' ? action.argv[0] : action.do
    const { tookMs = 0, deaf = false, ends = ['done'] } = deeds[name.split('.').at(-1) ?? name] ?? {}
    const attempt = tries.get(name) ?? 0
    tries.set(name, attempt + 1)
    const ignoresSignal = deaf || (action.do === 'exec' && action.uninterruptible === true)
    const killed = await clock.sleep(tookMs, ignoresSignal ? never : signal).then(
      () => false,
      () => true,
    )
    entries.push({ at: clock.now(), saw: 'effect-over', action })
    if (killed) return { is: 'failed', action, error: 'killed' }
    const is = ends[Math.min(attempt, ends.length - 1)] ?? 'done'
    if (is === 'failed') return { is, action, error: 'exit code 100' }
    return is === 'stale' ? { is, action, because: 'not mounted' } : { is, action }
  }

  const ports: Ports = {
    host: fakeHost({}),
    perform,
    clock,
    random: () => 0,
    emit: (event) => {
      entries.push({ at: clock.now(), saw: 'event', event })
      if (entries.length > 20_000) throw new Error('the run goes on and on without a pause')
    },
  }
  if (stopAtMs === 0) stop.abort(new Error('SIGTERM'))
  else if (stopAtMs !== undefined) {
    clock.sleep(stopAtMs, never).then(() => stop.abort(new Error('SIGTERM')), unexpected)
  }
  const steps = scripts.map((script) => stepOf(script, clock, entries))
  const results = await clock.until(runSteps(steps, mayAct, ports, stop.signal))
  const endedAtMs = clock.now()
  const entriesAtEnd = entries.length
  await clock.untilQuiet()
  return { results: Object.fromEntries(results), entries, endedAtMs, entriesAtEnd }
}

/** One step alone: its result and the times of its looks come with what was seen. */
export async function playOne(script: Omit<Script, 'id'>, more?: Play) {
  const played = await play([{ id: 'it', ...script }], more)
  return { ...played, result: played.results['it'], looks: lookTimes(played, 'it') }
}

const never = new AbortController().signal

function unexpected(error: unknown): never {
  throw error
}

function stepOf(script: Script, clock: Ports['clock'], entries: Entry[]): AnyStep {
  const { id, after = [], deadlineMs = 60_000, looks, lookMs = 0, cycles = false } = script
  let count = 0
  return {
    id,
    title: id,
    after,
    deadlineMs,
    async look(_host, signal) {
      const look = looks[cycles ? count % looks.length : Math.min(count, looks.length - 1)]
      if (look === undefined) throw new Error('a script needs a look')
      count += 1
      const startedAt = clock.now()
      if (lookMs > 0) await clock.sleep(lookMs, never)
      if (look.is === 'hangs') {
        entries.push({ at: startedAt, saw: 'look', step: id, look: look.is, past: [] })
        return await hang(look.deaf ? never : signal)
      }
      if (look.is === 'throws') {
        entries.push({ at: startedAt, saw: 'look', step: id, look: look.is, past: [] })
        throw new Error(look.message)
      }
      return (past) => {
        entries.push({ at: startedAt, saw: 'look', step: id, look: look.is, past: past.map((outcome) => outcome.is) })
        return look
      }
    },
  }
}

async function hang(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>()
  if (signal.aborted) reject(signal.reason)
  signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  return await promise
}

/** The looks, effects and events without the fields that a test is not about, as `at: what`. */
export function lookTimes(played: Played, step: string): readonly number[] {
  return played.entries.filter((entry) => entry.saw === 'look' && entry.step === step).map((entry) => entry.at)
}

export function effects(played: Played): readonly string[] {
  return played.entries.flatMap((entry) =>
    entry.saw === 'effect' && entry.action.do === 'exec' ? [`${entry.at} ${entry.action.argv[0]}`] : [],
  )
}

export function events(played: Played): readonly (Event & { readonly at: number })[] {
  return played.entries.flatMap((entry) => (entry.saw === 'event' ? [{ at: entry.at, ...entry.event }] : []))
}

export function retries(played: Played): readonly string[] {
  return events(played).flatMap((event) => (event.event === 'step-retrying' ? [`${event.code}: ${event.reason}`] : []))
}
