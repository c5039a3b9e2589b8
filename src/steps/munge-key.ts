import type { Config } from '../config/schema.ts'
import type { Action } from '../engine/action.ts'
import type { FileStat } from '../engine/host.ts'
import type { Step } from '../engine/step.ts'
import { follow } from './munge-key-follow.ts'
import { adoptOld, closeOld } from './munge-key-old.ts'
import { pointTo, publish } from './munge-key-publish.ts'
import { rotate } from './munge-key-rotation.ts'
import { distrustOf, isWhole, lookAtKeys, type Seen } from './munge-key-seen.ts'
import { isOwned, isRoots, keySizeBytes, localKey } from './munge-key-trust.ts'
import { type Share, shareOf } from './share.ts'

export const identity = { id: 'munge-key', title: 'Munge key', after: ['efs'], packages: () => ['munge'] } as const

/**
 * One Munge key for the cluster. On the share it is a file named by its SHA-256, in a directory that is root's alone,
 * and the link `current` points to it. The link is made exclusively: of two front ends at once one wins, and the other
 * looks again and takes the winner's key.
 */
export const mungeKey: Step<Pick<Config, 'efs'>, Seen> = {
  ...identity,
  // A machine that waits to be the front end must not go on with replacing the key: slurmctld runs elsewhere, with the old.
  after: ['front-end'],
  deadlineMs: () => 120_000,
  observe: lookAtKeys,

  decide(config, seen) {
    const share = shareOf(config)
    const distrust = distrustOf(seen, share)
    if (distrust !== undefined) return distrust
    if (!isPrivate(seen.directory)) return { is: 'act', actions: makePrivate(share) }
    if (seen.pointer !== undefined) {
      const name = seen.pointer.target ?? ''
      const rotation = rotate(seen.rotation, name, goodKeys(seen), share)
      return rotation ?? closeOld(follow(name, seen, share), seen.old, name, share)
    }
    const mine = seen.local.sha256 === seen.record?.trim() ? seen.local.sha256 : undefined
    const [left] = goodKeys(seen)
    if (mine !== undefined && left !== `${mine}.key`) {
      // The share was lost or replaced, but the cluster's nodes still have this key.
      const because = 'the share has no key, and this one is the one that the agent put here'
      return { is: 'act', actions: publish(localKey, mine, share, because) }
    }
    if (left !== undefined) return { is: 'act', actions: [pointTo(left, share)] }
    const adopted = adoptOld(seen.old, share)
    if (adopted !== undefined) return adopted
    return {
      is: 'act',
      actions: [
        {
          do: 'make-secret',
          directory: share.mungeKeys,
          sizeBytes: keySizeBytes.most,
          whileMounted: share.mountPoint,
          because: 'the cluster has no Munge key yet',
        },
      ],
    }
  },
}

/** By file name. */
function goodKeys({ published }: Seen): readonly string[] {
  return [...published].flatMap(([name, key]) => (isWhole(name, key) && isRoots(key.stat) ? [name] : []))
}

function makePrivate(share: Share): readonly Action[] {
  const because = 'only root may come near the key'
  return [
    {
      do: 'mkdir',
      path: share.mungeKeys,
      mode: 0o700,
      owner: { user: 'root', group: 'root' },
      whileMounted: share.mountPoint,
      because,
    },
  ]
}

function isPrivate(directory: FileStat | undefined): boolean {
  return directory?.kind === 'directory' && isOwned(directory, 'root:root', 0o700)
}
