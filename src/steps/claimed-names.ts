import { join } from 'node:path'
import type { JobConfig } from '../config/job-schema.ts'
import { expandNodeNames } from '../config/node-names.ts'
import type { Host } from '../engine/host.ts'
import type { Step } from '../engine/step.ts'
import { instanceIn, type NameClaim, parseClaim, printClaim } from '../formats/name-claim.ts'
import { ownItem } from './own-item.ts'
import { shareOf } from './share.ts'

/** A name of the configured range, with the claim for it that counts; the number is 0 where there is none. */
export interface ClaimedName extends NameClaim {
  /** The instance that has it; undefined where there is no claim, or one that names no instance. */
  readonly holder: string | undefined
  /** Files of the claims before it. */
  readonly superseded: readonly string[]
}

/** What the host goes by now. */
export async function runningName(host: Host): Promise<string | undefined> {
  return (await host.read('/proc/sys/kernel/hostname'))?.trim()
}

/**
 * The names of the range. Where the host already goes by the one that this instance has, that one alone: a look at the
 * claims of a thousand takes seconds, in each step of each run of each of a thousand instances.
 */
export async function lookAtNames(
  config: JobConfig,
  instanceId: string,
  running: string | undefined,
  host: Host,
): Promise<readonly ClaimedName[]> {
  const { names: directory } = shareOf(config)
  const files = await host.list(directory)
  const claims = Map.groupBy(
    files.flatMap((file) => parseClaim(file) ?? []),
    ({ name }) => name,
  )
  const range = expandNodeNames(config.hostname) ?? []
  const lookAt = async (names: readonly string[]): Promise<readonly ClaimedName[]> =>
    await Promise.all(names.map((name) => lookAtClaims(name, claims.get(name) ?? [], directory, host)))
  const likely = await lookAt(range.filter((name) => name === running))
  return nameOf(instanceId, likely) === undefined ? await lookAt(range) : likely
}

async function lookAtClaims(
  name: string,
  claims: readonly NameClaim[],
  directory: string,
  host: Host,
): Promise<ClaimedName> {
  const [last, ...before] = claims.toSorted((one, other) => other.number - one.number)
  if (last === undefined) return { name, number: 0, holder: undefined, superseded: [] }
  const link = await host.stat(join(directory, printClaim(last)))
  return { ...last, holder: instanceIn(link?.target), superseded: before.map(printClaim) }
}

/** The name that this instance has; undefined where it has none. */
export function nameOf(instanceId: string, names: readonly ClaimedName[]): ClaimedName | undefined {
  return names.find(({ holder }) => holder === instanceId)
}

interface Seen<State> {
  readonly named: JobConfig
  readonly seen: State
}

/** The step, with the name that the machine has claimed in the place of the range that the configuration has. */
export function byClaimedName<State>(step: Step<JobConfig, State>): Step<JobConfig, Seen<State>> {
  return {
    ...step,
    after: ['node-name', ...step.after],

    async observe(config, host, signal) {
      const named = { ...config, hostname: await claimedName(config, host, signal) }
      return { named, seen: await step.observe(named, host, signal) }
    },

    decide: (_config, { named, seen }, past) => step.decide(named, seen, past),
  }
}

async function claimedName(config: JobConfig, host: Host, signal: AbortSignal): Promise<string> {
  const instanceId = await ownItem('instance-id', 'the ID', host, signal)
  const own = nameOf(instanceId, await lookAtNames(config, instanceId, await runningName(host), host))
  if (own === undefined) throw new Error(`${instanceId} has no name of ${config.hostname} any more`)
  return own.name
}
