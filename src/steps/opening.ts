import { dirname } from 'node:path'
import type { FrontendConfig } from '../config/frontend-schema.ts'
import { isWithin } from '../config/places.ts'
import type { FileStat, Host } from '../engine/host.ts'
import { storeOf } from './mount-guard.ts'
import { userOf } from './owner.ts'

/** How others come to choose what is in a directory, and what a person does about it. */
export interface Opening {
  readonly because: string
  readonly hint: string
}

/**
 * Where others than root and `user` could put something of their own in a directory on EFS or the data volume, where users
 * have files, too, or in its place; undefined where nobody could. What is in a sticky directory is safe, but whoever comes
 * first chooses it: before it is made, the nearest one may not be open at all.
 */
export async function openingTo(
  place: string,
  user: string,
  config: FrontendConfig,
  host: Host,
): Promise<Opening | undefined> {
  const store = storeOf(place, config)
  if (store === undefined) return undefined
  const itself = await host.stat(place)
  if (itself?.kind === 'directory' && isOpen(itself)) return writableBy(place, user)
  let isNearest = itself === undefined || userOf(itself) !== user
  for (let path = dirname(place); isWithin(path, store); path = dirname(path)) {
    const found = await host.stat(path)
    if (found === undefined) continue
    const opening = openingBy(path, found, user, isNearest)
    if (opening !== undefined) return opening
    isNearest = false
  }
  return undefined
}

function openingBy(path: string, found: FileStat, user: string, isNearest: boolean): Opening | undefined {
  const { kind, owner, mode, target } = found
  if (kind !== 'directory') {
    const what = target === undefined ? `is a ${kind}` : `is a symbolic link to ${target}`
    return { because: `${path} ${what}`, hint: `put a directory of root's in the place of ${path}` }
  }
  if (!['root', user].includes(userOf(found))) {
    return { because: `${path} belongs to ${owner}`, hint: `chown root:root ${path}; chmod go-w ${path}` }
  }
  const isSticky = (mode & 0o1000) !== 0
  return isOpen(found) && (isNearest || !isSticky) ? writableBy(path, user) : undefined
}

function isOpen({ mode }: FileStat): boolean {
  return (mode & 0o022) !== 0
}

function writableBy(path: string, user: string): Opening {
  return { because: `${path} can be written by others than root and ${user}`, hint: `chmod go-w ${path}` }
}
