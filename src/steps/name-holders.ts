import { join } from 'node:path'
import type { Decision } from '../engine/decision.ts'
import type { Host } from '../engine/host.ts'
import { someNames } from '../engine/some-names.ts'
import { printClaim } from '../formats/name-claim.ts'
import { type Asked, asked } from './asked.ts'
import type { ClaimedName } from './claimed-names.ts'
import { waitForEc2 } from './ec2-wait.ts'
import type { Share } from './share.ts'

/**
 * For this long after it came up, by the clock of this machine, it proves nothing that EC2 does not know an instance: it
 * may not do so yet.
 */
const graceMinutes = 15

/** Those who have the names. */
export interface Holders {
  /** As EC2 calls them, by instance. */
  readonly states: Asked<ReadonlyMap<string, string>>
  /** Files of claims that were made less than the grace ago. */
  readonly fresh: readonly string[]
}

export async function lookAtHolders(
  instanceId: string,
  names: readonly ClaimedName[],
  share: Share,
  host: Host,
  signal: AbortSignal,
): Promise<Holders> {
  const lately = ['-maxdepth', '1', '-type', 'l', '-cmin', `-${graceMinutes}`, '-printf', '%f\\n'] as const
  const [states, found] = await Promise.all([
    statesOf(instanceId, names, host, signal),
    host.exec(['find', share.names, ...lately], { signal }),
  ])
  return { states, fresh: found.stdout.split('\n') }
}

async function statesOf(
  instanceId: string,
  names: readonly ClaimedName[],
  host: Host,
  signal: AbortSignal,
): Promise<Holders['states']> {
  const ids = names.flatMap(({ holder }) => holder ?? [])
  const states = await asked(host.instanceStates([instanceId, ...ids], signal), signal)
  // Where the instance that asks is missing, so may be others that there are.
  if (states.is !== 'known' || states.value.has(instanceId)) return states
  return { is: 'unanswered', because: `it knows nothing of ${instanceId}, which asks` }
}

/** On EC2's word alone. A stopped instance comes back, and has its name. */
export function isGivenUp(name: ClaimedName, holders: Holders | undefined): boolean {
  if (name.holder === undefined || holders?.states.is !== 'known') return false
  const state = holders.states.value.get(name.holder)
  return state === undefined ? !holders.fresh.includes(printClaim(name)) : state === 'terminated'
}

export function waitForName(
  range: string,
  names: readonly ClaimedName[],
  holders: Holders | undefined,
  { names: directory }: Share,
): Decision {
  const states = holders?.states
  const known = states?.is === 'known' ? states.value : new Map<string, string>()
  const what = `no name of ${range} is free: ${someNames(names.map((name) => describe(name, directory, known)))}`
  if (states === undefined || states.is === 'known') return { is: 'wait', code: 'NODE_NAMES_TAKEN', for: what }
  const byHand = `to free the name of an instance that is gone, remove ${directory}/NAME.*`
  return waitForEc2(`${what}; ${byHand}`, 'ec2:DescribeInstances', states)
}

function describe(claim: ClaimedName, directory: string, states: ReadonlyMap<string, string>): string {
  const { name, holder } = claim
  if (holder === undefined) return `${join(directory, printClaim(claim))} names no instance`
  const state = states.get(holder)
  return `${name} is ${holder}${state === undefined ? '' : ` (${state})`}`
}
