import { join } from 'node:path'
import type { JobConfig } from '../config/job-schema.ts'
import type { Action } from '../engine/action.ts'
import { toConverge } from '../engine/decision.ts'
import type { FileStat } from '../engine/host.ts'
import type { Step } from '../engine/step.ts'
import { printClaim } from '../formats/name-claim.ts'
import { type ClaimedName, lookAtNames, nameOf, runningName } from './claimed-names.ts'
import { type Holders, isGivenUp, lookAtHolders, waitForName } from './name-holders.ts'
import { ownItem } from './own-item.ts'
import { type Share, shareOf } from './share.ts'
import { distrustOf } from './share-trust.ts'

interface Seen {
  readonly instanceId: string
  readonly directory: FileStat | undefined
  readonly names: readonly ClaimedName[]
  /** What the machine is called now. */
  readonly running: string | undefined
  /** Looked at where this instance has no name and none is free. */
  readonly holders: Holders | undefined
}

/**
 * A name of the configured range, claimed for this instance by a link on the share, and found there again by every later
 * run. Two machines never have one name:
 *
 * - Of the claims for a name, the one with the highest number counts. A name is taken, the first time and from an
 *   instance that is gone alike, by a link with the next number, made exclusively: of two that saw the same claim, one
 *   makes it, and the other looks again.
 * - No claim that counts is ever taken away or changed. Who saw a dead claim and comes late, after another has taken the
 *   name over, finds that the number is taken, and cannot touch what the other made. It may also find the number free
 *   again, where the name has gone on by two by then: its link then counts for nothing, as its next look shows.
 * - Whoever has the name removes the claims before its own; nobody else removes any.
 */
export const nodeName: Step<JobConfig, Seen> = {
  id: 'node-name',
  title: 'Name of the node',
  after: ['efs'],
  deadlineMs: () => 600_000,

  async observe(config, host, signal) {
    const instanceId = await ownItem('instance-id', 'the ID', host, signal)
    const running = await runningName(host)
    const [directory, names] = await Promise.all([
      host.stat(shareOf(config).names),
      lookAtNames(config, instanceId, running, host),
    ])
    const isSettled = names.some(({ number, holder }) => number === 0 || holder === instanceId)
    const holders = isSettled ? undefined : await lookAtHolders(instanceId, names, shareOf(config), host, signal)
    return { instanceId, directory, names, running, holders }
  },

  decide(config, { instanceId, directory, names, running, holders }) {
    const share = shareOf(config)
    const distrust = distrustOf(share.names, directory)
    if (distrust !== undefined) return distrust
    const own = nameOf(instanceId, names)
    if (own !== undefined) return toConverge(`${own.name} is ${instanceId}`, ...toClear(own, share))
    const open = names.filter((name) => name.number === 0 || isGivenUp(name, holders))
    // The name that it works under already, should the share have been lost; else by the ID, so that machines which come
    // up at once do not all reach for the first.
    const chosen =
      open.find(({ name }) => name === running) ?? open[Number.parseInt(instanceId.slice(-6), 16) % open.length]
    if (chosen === undefined) return waitForName(config.hostname, names, holders, share)
    const claim = toClaim(chosen, instanceId, share)
    return { is: 'act', actions: directory === undefined ? [toMake(share), claim] : [claim] }
  },
}

function toMake({ names: path, mountPoint: whileMounted }: Share): Action {
  const owner = { user: 'root', group: 'root' }
  return { do: 'mkdir', path, mode: 0o755, owner, whileMounted, because: 'no name of a node has been claimed yet' }
}

function toClaim({ name, number, holder }: ClaimedName, instanceId: string, share: Share): Action {
  return {
    do: 'symlink',
    path: join(share.names, printClaim({ name, number: number + 1 })),
    target: instanceId,
    whileMounted: share.mountPoint,
    because: holder === undefined ? 'this instance has no name yet' : `${holder}, which had the name, is gone`,
  }
}

/** What is behind the claim that counts: that one stays, so that no number of a name is given twice. */
function toClear({ superseded }: ClaimedName, share: Share): readonly Action[] {
  const because = 'the name has gone on to this instance'
  return superseded.map((file) => ({
    do: 'remove',
    path: join(share.names, file),
    whileMounted: share.mountPoint,
    because,
  }))
}
