import { expandNodeNames } from '../config/node-names.ts'
import type { Config } from '../config/schema.ts'
import type { Action, Remove, Write } from '../engine/action.ts'
import type { Host } from '../engine/host.ts'
import { ownLines } from '../formats/own-lines.ts'
import type { NodeLine } from '../formats/slurm-conf.ts'
import { guardOf } from './mount-guard.ts'
import type { Share } from './share.ts'

export const slurmConfPath = '/etc/slurm/slurm.conf'
export const cgroupConfPath = '/etc/slurm/cgroup.conf'
export const gresConfPath = '/etc/slurm/gres.conf'

/**
 * All that Slurm's daemons read only when they start; in the order in which it is written: a node whose slurm.conf has more
 * than its gres.conf is taken out of service.
 */
export const confPaths = [gresConfPath, slurmConfPath, cgroupConfPath] as const

interface Place {
  readonly local: (typeof confPaths)[number]
  readonly shared: string
}

/** Where each of them is on a machine and on the share, in that order. */
export function placesOf({ gresConf, slurmConf, cgroupConf }: Share): readonly Place[] {
  return [
    { local: gresConfPath, shared: gresConf },
    { local: slurmConfPath, shared: slurmConf },
    { local: cgroupConfPath, shared: cgroupConf },
  ]
}

/** The line of a slurm.conf that is about this node. */
export function lineOf(node: string, lines: readonly NodeLine[]): NodeLine | undefined {
  return lines.find(({ names }) => expandNodeNames(names)?.includes(node) === true)
}

/** Texts by path; undefined where there is no such file. */
export type Files = Readonly<Record<string, string | undefined>>

/** A file of somebody else in the place of ours, and what it is to be saved as. */
export interface Unsaved {
  readonly path: string
  readonly copy: string
}

export async function readAll(paths: readonly string[], host: Host): Promise<Files> {
  return Object.fromEntries(await Promise.all(paths.map(async (path) => [path, await host.read(path)] as const)))
}

/**
 * Files that are not the agent's, and those of which something else would be lost. Those that are saved already are left
 * out. The copy is named by what it holds: a second one does not take the place of the first.
 */
export async function unsavedOf(
  files: Files,
  host: Host,
  isPrecious: (path: string) => boolean = () => false,
): Promise<readonly Unsaved[]> {
  const foreign = Object.keys(files).filter(
    (path) => files[path] !== undefined && (ownLines(files[path]) === undefined || isPrecious(path)),
  )
  const copies = await Promise.all(
    foreign.map(async (path) => {
      const sha256 = await host.sha256(path)
      if (sha256 === undefined) throw new Error(`${path} went away while it was looked at`)
      const copy = `${path}.${sha256.slice(0, 12)}.saved`
      return (await host.stat(copy)) === undefined ? [{ path, copy }] : []
    }),
  )
  return copies.flat()
}

/**
 * Files on the share that have other lines of the operator's than those here, and are the newer: they were edited there,
 * where it is to no purpose, and are about to be replaced. The times are of two clocks, that of EFS and this machine's, and
 * the agent itself writes here first: seconds between them do no harm.
 */
export async function editedOnShare(files: Files, share: Share, host: Host): Promise<ReadonlySet<string>> {
  const edited = placesOf(share).map(async ({ local, shared }) => {
    const [here, there] = [local, shared].map((path) => ownLines(files[path] ?? ''))
    if (here === undefined || !there || here === there) return []
    const [changedHere = 0, changedThere = 0] = await Promise.all(
      [local, shared].map(async (path) => (await host.stat(path))?.changedAtMs),
    )
    return changedThere > changedHere ? [shared] : []
  })
  return new Set((await Promise.all(edited)).flat())
}

/**
 * What the front end has published, by its places on a machine. It publishes gres.conf only where nodes have files for
 * it: one of somebody else is not followed.
 */
export async function publishedFiles(share: Share, host: Host): Promise<Files> {
  const texts = await Promise.all(
    placesOf(share).map(async ({ local, shared }) => [local, await host.read(shared)] as const),
  )
  return Object.fromEntries(
    texts.filter(([path, text]) => path !== gresConfPath || (text !== undefined && ownLines(text) !== undefined)),
  )
}

/** What a machine has in /etc/slurm of that which is published. */
export interface LocalFiles {
  readonly files: Files
  /** Of somebody else, or with own lines that the share has not. */
  readonly unsaved: readonly Unsaved[]
}

export async function localFiles(published: Files, host: Host): Promise<LocalFiles> {
  const files = await readAll(
    confPaths.filter((path) => published[path] !== undefined),
    host,
  )
  const isPrecious = (path: string): boolean => {
    const own = ownLines(files[path] ?? '')
    return own !== undefined && own !== '' && own !== ownLines(published[path] ?? '')
  }
  return { files, unsaved: await unsavedOf(files, host, isPrecious) }
}

/** `content`: undefined where what is there is to stay. */
export function toWrite(path: string, content: string | undefined, files: Files, config: Config): Write | false {
  const was = files[path]
  if (content === undefined || was === content) return false
  const because = was === undefined ? 'it is not there' : 'it differs from the configuration'
  return { do: 'write', path, content, was, mode: 0o644, ...guardOf(path, config), because }
}

/** Commands take a file in /etc/slurm before what slurmd has fetched. */
export function toRemove(path: string, files: Files): Remove | false {
  return files[path] !== undefined && { do: 'remove', path, because: 'it is fetched from slurmctld' }
}

/** 0600, as the file may have been: old versions of Slurm take passwords in it. */
export function toSave({ path, copy }: Unsaved, files: Files, config: Config): Action {
  const content = files[path] ?? ''
  const because = `${path} holds what is not the agent's`
  return { do: 'write', path: copy, content, was: undefined, mode: 0o600, ...guardOf(path, config), because }
}
