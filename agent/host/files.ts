import { createHash } from 'node:crypto'
import type { Stats } from 'node:fs'
import { lstat, readdir, readFile, readlink } from 'node:fs/promises'
import type { FileStat } from '../../src/engine/host.ts'
import { namesOf } from './owner.ts'
import { absentAs } from './replace-file.ts'

export async function read(path: string): Promise<string | undefined> {
  return await readFile(path, 'utf8').catch(absentAs(undefined))
}

export async function list(directory: string): Promise<readonly string[]> {
  return (await readdir(directory).catch(absentAs<string[]>([]))).toSorted()
}

export async function sha256(path: string): Promise<string | undefined> {
  const bytes = await readFile(path).catch(absentAs(undefined))
  return bytes === undefined ? undefined : sha256Of(bytes)
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

export async function stat(path: string): Promise<FileStat | undefined> {
  const stats = await lstat(path).catch(absentAs(undefined))
  if (stats === undefined) return undefined
  return {
    kind: kindOf(stats),
    mode: stats.mode & 0o7777,
    owner: await namesOf(stats.uid, stats.gid),
    sizeBytes: stats.size,
    changedAtMs: stats.ctimeMs,
    ...(stats.isSymbolicLink() ? { target: await readlink(path) } : {}),
  }
}

function kindOf(stats: Stats): FileStat['kind'] {
  if (stats.isFile()) return 'file'
  if (stats.isDirectory()) return 'directory'
  if (stats.isSymbolicLink()) return 'symlink'
  return stats.isBlockDevice() ? 'block-device' : 'other'
}
