import type { ActionOutcome, Permit } from '../engine/action.ts'
import { type Decision, withWarnings } from '../engine/decision.ts'
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

/** The script made it readable for everybody. A file of other content is not the cluster's key, and somebody else's. */
export function closeOld({ sha256, stat }: Key, current: string, share: Share): Permit | false {
  const isOpen = stat?.kind === 'file' && (stat.mode & 0o077) !== 0
  return (
    isOpen &&
    sha256 === current && {
      do: 'permit',
      path: share.oldMungeKey,
      mode: 0o600,
      owner: { user: 'root', group: 'root' },
      whileMounted: share.mountPoint,
      because: 'others can read the key that the old script left',
    }
  )
}

/** The decision with a word about the key that this run closed: the next one no longer sees that it was open. */
export function tellOfOldKey(decision: Decision, { oldMungeKey }: Share, past: readonly ActionOutcome[]): Decision {
  const wasOpen = past.some(({ is, action }) => is === 'done' && action.do === 'permit' && action.path === oldMungeKey)
  if (!wasOpen) return decision
  const text = `the old script had left the cluster's key in ${oldMungeKey} for everybody to read: make a new one`
  return withWarnings(decision, { code: 'MUNGE_KEY_WAS_READABLE', text })
}
