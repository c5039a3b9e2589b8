import type { ActionOutcome } from './action.ts'
import type { Decision } from './decision.ts'
import type { Host } from './host.ts'

/** One thing that is brought about on the machine: how to see it, and what follows from what is seen. */
export interface Step<Config, State> {
  /** Lower case with hyphens: what users type and read. */
  readonly id: string
  readonly title: string
  /** The steps that must have converged before this one can be looked at, beside `packages` where it needs some. */
  readonly after: readonly string[]
  /** Debian packages without which the step cannot be; the step `packages` installs them with all others, before it. */
  packages?(config: Config): readonly string[]
  /** What keeps the units of these packages from starting too early; `packages` sees to it before it installs them. */
  units?(config: Config): readonly UnitRule[]
  /** Units that `observe` asks about: as long as a run has nothing to do, those of all steps are asked for at once. */
  asksAbout?(config: Config): readonly string[]
  deadlineMs(config: Config): number
  /** Looks; changes nothing. What it throws may pass, and is tried again until the deadline. */
  observe(config: Config, host: Host, signal: AbortSignal): Promise<State>
  /** Concludes from what was seen alone; `past` holds what this run has tried in this step so far. */
  decide(config: Config, seen: State, past: readonly ActionOutcome[]): Decision
}

/** What systemd must find of a unit that it may start as soon as its package brings it. */
export type UnitRule =
  | { readonly is: 'file'; readonly unit: string; readonly path: string; readonly content: string }
  | { readonly is: 'masked'; readonly unit: string }

/** A step for one configuration, with both types closed over, so that steps of all kinds go in one list. */
export interface AnyStep extends Pick<Step<never, never>, 'id' | 'title' | 'after'> {
  readonly asksAbout?: readonly string[]
  readonly deadlineMs: number
  look(host: Host, signal: AbortSignal): Promise<(past: readonly ActionOutcome[]) => Decision>
}

export function anyStep<Config, State>(step: Step<Config, State>, config: Config): AnyStep {
  return {
    id: step.id,
    title: step.title,
    after: step.after,
    ...(step.asksAbout && { asksAbout: step.asksAbout(config) }),
    deadlineMs: step.deadlineMs(config),
    async look(host, signal) {
      const seen = await step.observe(config, host, signal)
      return (past) => step.decide(config, seen, past)
    },
  }
}
