import type { Decision } from '../engine/decision.ts'
import { telling } from '../engine/told.ts'
import { publish } from './munge-key-publish.ts'
import { isFit, isRoots, type Key, notRoots } from './munge-key-trust.ts'
import type { Share } from './share.ts'

/**
 * The key that the bash script left on the share, where no other is published: the cluster's nodes have it, so it stays
 * the cluster's. What no munged would take is nobody's key.
 */
export function adoptOld({ sha256, stat }: Key, share: Share): Decision | undefined {
  if (sha256 === undefined || stat?.kind !== 'file' || !isFit(stat)) return undefined
  if (!isRoots(stat)) return notRoots(share.oldMungeKey, `belongs to ${stat.owner}`)
  const actions = publish(share.oldMungeKey, sha256, share, 'it is the key that the old script gave to the cluster')
  return { is: 'act', actions }
}

/**
 * The decision, or, where nothing else is left to do, that the old key is closed, which the script made readable for
 * everybody. Last, since that it was open tells a person to make a new one: a run that is cut off before leaves it for
 * the next one to see. A file of other content is not the cluster's key, and somebody else's.
 */
export function closeOld(decision: Decision, { sha256, stat }: Key, current: string, share: Share): Decision {
  const { oldMungeKey: path, mountPoint: whileMounted } = share
  const isOpen = stat?.kind === 'file' && (stat.mode & 0o077) !== 0
  if (decision.is !== 'converged' || !isOpen || `${sha256}.key` !== current) return decision
  const because = 'others can read the key that the old script left'
  const text = `the old script had left the cluster's key in ${path} for everybody to read: make a new one`
  const close = {
    do: 'permit',
    path,
    mode: 0o600,
    owner: { user: 'root', group: 'root' },
    whileMounted,
    because,
  } as const
  return { is: 'act', actions: [telling(close, [{ code: 'MUNGE_KEY_WAS_READABLE', text }])] }
}
