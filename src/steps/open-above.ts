import { dirname } from 'node:path'
import type { FrontendConfig } from '../config/frontend-schema.ts'
import { isWithin } from '../config/places.ts'
import type { FileStat, Host } from '../engine/host.ts'
import { storeOf } from './mount-guard.ts'

/**
 * Where others than root and `user` could put a directory of their own in the place of one on EFS or the data volume, on
 * which users have files, too; undefined where nobody could. Sticky directories keep what is in them, but whoever comes
 * first chooses it: they are good only further up.
 */
export async function openAbove(
  place: string,
  user: string,
  config: FrontendConfig,
  host: Host,
): Promise<string | undefined> {
  const store = storeOf(place, config)
  if (store === undefined) return undefined
  const parent = dirname(place)
  for (let path = parent; isWithin(path, store); path = dirname(path)) {
    const found = await host.stat(path)
    const words = found && wordsFor(found, user, path === parent)
    if (words !== undefined) return `${path} ${words}`
  }
  return undefined
}

function wordsFor({ kind, owner, mode, target }: FileStat, user: string, isParent: boolean): string | undefined {
  if (kind !== 'directory') return target === undefined ? `is a ${kind}` : `is a symbolic link to ${target}`
  if (!['root', user].includes(owner.split(':')[0] ?? '')) return `belongs to ${owner}`
  const isOpen = (mode & 0o022) !== 0
  const isSticky = (mode & 0o1000) !== 0
  return isOpen && (isParent || !isSticky) ? `can be written by others than root and ${user}` : undefined
}
