import { join } from 'node:path'
import type { Config } from '../config/schema.ts'
import type { FileStat, Host } from '../engine/host.ts'
import { rotationPath } from './munge-key-rotation.ts'
import { directoryTrouble, fingerprintIn, isFit, type Key, localKey, parentTrouble } from './munge-key-trust.ts'
import type { Refusal } from './refusal.ts'
import { type Share, shareOf } from './share.ts'

/** The fingerprint of the key that the agent put in place: the one that the package made at install does not count. */
export const recordPath = '/var/lib/slurm-node-agent/munge-key.sha256'

export interface Seen {
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

export async function lookAtKeys(config: Pick<Config, 'efs'>, host: Host): Promise<Seen> {
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
  const keys = [...new Set([...names, pointer?.target ?? ''])].filter((name) => fingerprintIn(name) !== undefined)
  const published = await Promise.all(
    keys.map(async (name) => [name, await keyAt(join(mungeKeys, name), host)] as const),
  )
  return { parent, directory, pointer, published: new Map(published), local, old, record, rotation }
}

async function keyAt(path: string, host: Host): Promise<Key> {
  const [sha256, stat] = await Promise.all([host.sha256(path), host.stat(path)])
  return { sha256, stat }
}

export function isWhole(name: string, { sha256, stat }: Key): boolean {
  return `${sha256}.key` === name && isFit(stat)
}

/** Why nothing there can be trusted. */
export function distrustOf({ parent, directory }: Seen, share: Share): Refusal | undefined {
  return parentTrouble(share.directory, parent) ?? directoryTrouble(share.mungeKeys, directory)
}
