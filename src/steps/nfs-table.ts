import type { FrontendConfig } from '../config/frontend-schema.ts'
import type { Export, ExportWithOptions } from '../formats/exports.ts'
import { isHost } from './nfs-clients.ts'
import type { ExportsFiles } from './nfs-exports-files.ts'

/** What is to be exported and what is, each as exportfs shows it. */
export interface Table extends ExportsFiles {
  readonly wanted: readonly ExportWithOptions[]
  /** A host of ours does not resolve: what is exported to it already cannot be told from what is not ours. */
  readonly isHostUnknown: boolean
  readonly mountPoint: string
  readonly exported: readonly ExportWithOptions[]
}

const always = ['rw', 'sync', 'no_subtree_check']

/** `mountpoint`: without the volume, the bare directory below it would be served as if it were the data. */
export function exportTo(client: string, { nfs, dataVolume }: FrontendConfig): ExportWithOptions {
  const squash = nfs.rootSquash ? 'root_squash' : 'no_root_squash'
  return { path: dataVolume.mountPoint, client, options: [...always, squash, 'mountpoint'] }
}

/** True for what some configuration makes of the agent's exports. Others hardly write `mountpoint`. */
export function looksLikeOurs({ options }: ExportWithOptions): boolean {
  return [...always, 'mountpoint'].every((option) => options.includes(option))
}

export function isWanted(entry: Export, { wanted }: Table): boolean {
  return wanted.some((candidate) => isSame(candidate, entry))
}

/** What a file asks for, and what is exported. A host may go by another name there, so any host will do. */
export function mayBe(asked: Export, entry: Export): boolean {
  return isSame(asked, entry) || (asked.path === entry.path && isHost(asked.client) && isHost(entry.client))
}

/** For the same directory and client: there is one such entry at most. exportfs too does not tell a from A. */
export function isSame(one: Export, other: Export): boolean {
  return one.path === other.path && one.client.toLowerCase() === other.client.toLowerCase()
}

/** The first that is not exported, or with other options than it should be. */
export function firstUnlike({ wanted, exported }: Table): ExportWithOptions | undefined {
  return wanted.find((entry) => !exported.some((shown) => isSame(entry, shown) && hasOptions(shown, entry.options)))
}

/** Both ways: with options by security flavour, exportfs -v shows one option and its opposite. */
function hasOptions({ options }: ExportWithOptions, wanted: readonly string[]): boolean {
  return wanted.every((option) => options.includes(option)) && !options.some((option) => contradicts(option, wanted))
}

const opposites: Readonly<Record<string, string>> = {
  ro: 'rw',
  async: 'sync',
  no_root_squash: 'root_squash',
  root_squash: 'no_root_squash',
}
/** They change who may do what, and the agent never asks for them. */
const neverOurs = /^(?:all_squash|insecure|crossmnt|anon[ug]id=.*)$/

function contradicts(option: string, wanted: readonly string[]): boolean {
  return wanted.includes(opposites[option] ?? '') || neverOurs.test(option)
}
