import { join } from 'node:path'
import type { JobConfig } from '../config/job-schema.ts'
import type { Config } from '../config/schema.ts'
import type { Action } from '../engine/action.ts'
import { type Decision, toConverge } from '../engine/decision.ts'
import type { FileStat, Host } from '../engine/host.ts'
import type { Step } from '../engine/step.ts'
import { adoptOld, closeOld, tellOfOldKey } from './munge-key-old.ts'
import { pointTo, publish } from './munge-key-publish.ts'
import { rotate, rotationPath } from './munge-key-rotation.ts'
import {
  directoryTrouble,
  isFit,
  isRoots,
  type Key,
  keySizeBytes,
  localKey,
  notRoots,
  parentTrouble,
} from './munge-key-trust.ts'
import { type Refusal, refusal } from './refusal.ts'
import { type Share, shareOf } from './share.ts'

/** The fingerprint of the key that the agent put in place: the one that the package made at install does not count. */
const recordPath = '/var/lib/slurm-node-agent/munge-key.sha256'

const root = { user: 'root', group: 'root' }
const munge = { user: 'munge', group: 'munge' }

interface Seen {
  /** What holds the directory of the keys. */
  readonly parent: FileStat | undefined
  readonly directory: FileStat | undefined
  readonly pointer: FileStat | undefined
  /** By file name, as the share has them. */
  readonly published: ReadonlyMap<string, Key>
  readonly local: Key
  /** What the bash script left on the share. */
  readonly old: Key
  /** The text of the record. */
  readonly record: string | undefined
  /** The text of the record of a key that is being replaced. */
  readonly rotation: string | undefined
}

const identity = { id: 'munge-key', title: 'Munge key', after: ['efs'], packages: () => ['munge'] } as const

/**
 * One Munge key for the cluster. On the share it is a file named by its SHA-256, in a directory that is root's alone,
 * and the link `current` points to it. The link is made exclusively: of two front ends at once one wins, and the other
 * looks again and takes the winner's key.
 */
export const mungeKey: Step<Pick<Config, 'efs'>, Seen> = {
  ...identity,
  deadlineMs: () => 120_000,
  observe: lookAtKeys,

  decide(config, seen, past) {
    const share = shareOf(config)
    const distrust = parentTrouble(share.directory, seen.parent) ?? directoryTrouble(share.mungeKeys, seen.directory)
    if (distrust !== undefined) return distrust
    if (!isPrivate(seen.directory)) return { is: 'act', actions: makePrivate(share) }
    if (seen.pointer !== undefined) {
      const name = seen.pointer.target ?? ''
      const keys = [...seen.published].flatMap(([other, key]) =>
        isWhole(other, key) && isRoots(key.stat) ? [other] : [],
      )
      return rotate(seen.rotation, name, keys, share) ?? tellOfOldKey(follow(name, seen, share), share, past)
    }
    const mine = seen.local.sha256 === seen.record?.trim() ? seen.local.sha256 : undefined
    const left = [...seen.published].find(([name, key]) => isWhole(name, key) && isRoots(key.stat))?.[0]
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

/** The same on a job server, which makes no key: the front end's is waited for. */
export const sharedMungeKey: Step<JobConfig, Seen> = {
  ...identity,
  deadlineMs: ({ slurm }) => slurm.deadlineSeconds * 1_000,
  observe: lookAtKeys,

  decide(config, seen) {
    const share = shareOf(config)
    const distrust = parentTrouble(share.directory, seen.parent) ?? directoryTrouble(share.mungeKeys, seen.directory)
    if (distrust !== undefined) return distrust
    const pointer = join(share.mungeKeys, 'current')
    const name = seen.pointer?.target
    if (name === undefined) {
      return { is: 'wait', code: 'MUNGE_KEY_NOT_PUBLISHED', for: `the front end, which makes ${pointer}` }
    }
    // NFS may still show a link that was replaced, when the key that it led to is gone.
    if (seen.published.get(name)?.sha256 === undefined) {
      return { is: 'wait', code: 'MUNGE_KEY_NOT_PUBLISHED', for: `${pointer} points to ${name}, which is not there` }
    }
    return follow(name, seen, share)
  },
}

async function lookAtKeys(config: Pick<Config, 'efs'>, host: Host): Promise<Seen> {
  const share = shareOf(config)
  const { mungeKeys } = share
  const [parent, directory, pointer, names, local, old, record, rotation] = await Promise.all([
    host.stat(share.directory),
    host.stat(mungeKeys),
    host.stat(join(mungeKeys, 'current')),
    host.list(mungeKeys),
    keyAt(localKey, host),
    keyAt(share.oldMungeKey, host),
    host.read(recordPath),
    host.read(rotationPath(share)),
  ])
  // The pointer and its key can have come after the listing, when two front ends start at once.
  const keys = [...new Set([...names, pointer?.target ?? ''])].filter((name) => nameOfKey.test(name))
  const published = await Promise.all(
    keys.map(async (name) => [name, await keyAt(join(mungeKeys, name), host)] as const),
  )
  return { parent, directory, pointer, published: new Map(published), local, old, record, rotation }
}

const nameOfKey = /^[0-9a-f]{64}\.key$/

/** The share has a key: it is the cluster's, and the local one must be the same. */
function follow(name: string, seen: Seen, share: Share): Decision {
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
    closeOld(seen.old, sha256, share),
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

function makePrivate(share: Share): readonly Action[] {
  const because = 'only root may come near the key'
  return [{ do: 'mkdir', path: share.mungeKeys, mode: 0o700, owner: root, whileMounted: share.mountPoint, because }]
}

async function keyAt(path: string, host: Host): Promise<Key> {
  const [sha256, stat] = await Promise.all([host.sha256(path), host.stat(path)])
  return { sha256, stat }
}

function isWhole(name: string, { sha256, stat }: Key): boolean {
  return `${sha256}.key` === name && isFit(stat)
}

function isPrivate(directory: FileStat | undefined): boolean {
  return directory?.kind === 'directory' && isOwned(directory, 'root:root', 0o700)
}

function isOwned(stat: FileStat | undefined, owner: string, mode: number): boolean {
  return stat?.owner === owner && stat.mode === mode
}
