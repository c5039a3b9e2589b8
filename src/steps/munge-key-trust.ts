import type { FileStat } from '../engine/host.ts'
import { type Refusal, refusal } from './refusal.ts'

export interface Key {
  readonly sha256: string | undefined
  readonly stat: FileStat | undefined
}

export const localKey = '/etc/munge/munge.key'

/** The SHA-256 that a key on the share is named by; undefined for the name of another file. */
export function fingerprintIn(name: string): string | undefined {
  return /^([0-9a-f]{64})\.key$/.exec(name)?.[1]
}

/** munge takes 32 to 1024 bytes; the most is as good as the least is fast. */
export const keySizeBytes = { least: 32, most: 1024 }

export function isFit(stat: FileStat | undefined): boolean {
  const size = stat?.sizeBytes ?? 0
  return size >= keySizeBytes.least && size <= keySizeBytes.most
}

/** Who can write to the parent can put a directory of their own in the place of ours. */
export function parentTrouble(path: string, parent: FileStat | undefined): Refusal | undefined {
  if (parent === undefined) return undefined
  if (parent.kind !== 'directory') return notRoots(path, wordsFor(parent))
  if (!isRoots(parent)) return notRoots(path, `belongs to ${parent.owner}`)
  if ((parent.mode & 0o022) !== 0) return notRoots(path, 'can be written by others than root')
  return undefined
}

/** A directory of root's with no more than a wrong mode is set right instead. */
export function directoryTrouble(path: string, directory: FileStat | undefined): Refusal | undefined {
  if (directory === undefined) return undefined
  if (directory.kind !== 'directory') return notRoots(path, wordsFor(directory))
  return isRoots(directory) ? undefined : notRoots(path, `belongs to ${directory.owner}`)
}

function wordsFor({ kind, target }: FileStat): string {
  return target === undefined ? `is a ${kind}, no directory` : `is a symbolic link to ${target}, no directory`
}

export function notRoots(path: string, found: string): Refusal {
  return refusal(
    'MUNGE_KEY_NOT_ROOTS',
    `${path} ${found}: others than root could choose the cluster's key`,
    `look at what is there; then either move it away or make it root's: chown root:root ${path}, chmod go-w ${path}`,
  )
}

/** By its user alone: the mode, which is set right, gives the group nothing. */
export function isRoots(stat: FileStat | undefined): boolean {
  return stat?.owner.startsWith('root:') === true
}

export function isOwned(stat: FileStat | undefined, owner: string, mode: number): boolean {
  return stat?.owner === owner && stat.mode === mode
}
