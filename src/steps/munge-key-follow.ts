import { join } from 'node:path'
import { type Decision, toConverge } from '../engine/decision.ts'
import { isWhole, recordPath, type Seen } from './munge-key-seen.ts'
import { isOwned, isRoots, localKey, notRoots } from './munge-key-trust.ts'
import { type Refusal, refusal } from './refusal.ts'
import type { Share } from './share.ts'

const root = { user: 'root', group: 'root' }
const munge = { user: 'munge', group: 'munge' }

/** The share has a key: it is the cluster's, and the local one must be the same. */
export function follow(name: string, seen: Seen, share: Share): Decision {
  const key = seen.published.get(name)
  if (key === undefined || !isWhole(name, key)) return damaged(name, share)
  const sha256 = name.slice(0, 64)
  const path = join(share.mungeKeys, name)
  if (!isRoots(key.stat)) return notRoots(path, `belongs to ${key.stat?.owner}`)
  const isRight = seen.local.sha256 === sha256
  return toConverge(
    `the cluster's key is ${sha256.slice(0, 12)}`,
    !isOwned(key.stat, 'root:root', 0o600) && {
      do: 'permit',
      path,
      mode: 0o600,
      owner: root,
      whileMounted: share.mountPoint,
      because: 'others could read the key on the share',
    },
    !isRight && {
      do: 'copy-secret',
      from: path,
      to: localKey,
      sha256,
      mode: 0o400,
      owner: munge,
      because: seen.local.sha256 === undefined ? 'there is no local key' : "the local key is not the cluster's",
    },
    isRight &&
      !isOwned(seen.local.stat, 'munge:munge', 0o400) && {
        do: 'permit',
        path: localKey,
        mode: 0o400,
        owner: munge,
        because: 'munged refuses a key that others could read',
      },
    seen.record?.trim() !== sha256 && {
      do: 'write',
      path: recordPath,
      content: `${sha256}\n`,
      was: seen.record,
      mode: 0o600,
      because: 'the key came from the agent',
    },
  )
}

function damaged(name: string, share: Share): Refusal {
  const pointer = join(share.mungeKeys, 'current')
  return refusal(
    'MUNGE_KEY_DAMAGED',
    `${pointer} points to ${name || 'nothing'}, which is no whole key of that fingerprint`,
    `restore that file, or remove ${pointer} to have the cluster take another key`,
  )
}
