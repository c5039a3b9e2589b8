import { expandNodeNames } from '../config/node-names.ts'
import type { Config } from '../config/schema.ts'
import type { Action, Remove, Write } from '../engine/action.ts'
import type { Host } from '../engine/host.ts'
import { ownLines } from '../formats/own-lines.ts'
import type { NodeLine } from '../formats/slurm-conf.ts'
import { guardOf } from './mount-guard.ts'

export const slurmConfPath = '/etc/slurm/slurm.conf'
export const cgroupConfPath = '/etc/slurm/cgroup.conf'

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

/** What a job server has in /etc/slurm. */
export interface LocalFiles {
  readonly files: Files
  /** Of somebody else, or with own lines that the share has not. */
  readonly unsaved: readonly Unsaved[]
}

/** `published`: slurm.conf as it is on the share. */
export async function localFiles(published: string | undefined, host: Host): Promise<LocalFiles> {
  const files = await readAll([slurmConfPath, cgroupConfPath], host)
  const own = ownLines(files[slurmConfPath] ?? '')
  const isKept = own === undefined || own === '' || own === ownLines(published ?? '')
  return { files, unsaved: await unsavedOf(files, host, (path) => path === slurmConfPath && !isKept) }
}

export function toWrite(path: string, content: string, files: Files, config: Pick<Config, 'efs'>): Write | false {
  const was = files[path]
  if (was === content) return false
  const because = was === undefined ? 'it is not there' : 'it differs from the configuration'
  return { do: 'write', path, content, was, mode: 0o644, ...guardOf(path, config), because }
}

/** Commands take a file in /etc/slurm before what slurmd has fetched. */
export function toRemove(path: string, files: Files): Remove | false {
  return files[path] !== undefined && { do: 'remove', path, because: 'it is fetched from slurmctld' }
}

/** 0600, as the file may have been: old versions of Slurm take passwords in it. */
export function toSave({ path, copy }: Unsaved, files: Files, config: Pick<Config, 'efs'>): Action {
  const content = files[path] ?? ''
  const because = `${path} holds what is not the agent's`
  return { do: 'write', path: copy, content, was: undefined, mode: 0o600, ...guardOf(path, config), because }
}
