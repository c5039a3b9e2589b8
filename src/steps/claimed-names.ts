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

export async function lookAtNames(config: JobConfig, host: Host): Promise<readonly ClaimedName[]> {
  const { names: directory } = shareOf(config)
  const claims = Map.groupBy(
    (await host.list(directory)).flatMap((file) => parseClaim(file) ?? []),
    ({ name }) => name,
  )
  return await Promise.all(
    (expandNodeNames(config.hostname) ?? []).map(async (name) => {
      const [last, ...before] = (claims.get(name) ?? []).toSorted((one, other) => other.number - one.number)
      if (last === undefined) return { name, number: 0, holder: undefined, superseded: [] }
      const link = await host.stat(join(directory, printClaim(last)))
      return { ...last, holder: instanceIn(link?.target), superseded: before.map(printClaim) }
    }),
  )
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
  const [names, instanceId] = await Promise.all([
    lookAtNames(config, host),
    ownItem('instance-id', 'the ID', host, signal),
  ])
  const own = nameOf(instanceId, names)
  if (own === undefined) throw new Error(`${instanceId} has no name of ${config.hostname} any more`)
  return own.name
}
