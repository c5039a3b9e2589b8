import { randomBytes } from 'node:crypto'
import { type FileHandle, lstat, open, readdir, realpath, rename, rm, stat } from 'node:fs/promises'
import { uptime } from 'node:os'
import { dirname, join } from 'node:path'
import { codeOf } from './error-code.ts'

export interface Permissions {
  readonly mode: number
  /** Without ids the file is root's. */
  readonly ids?: { readonly uid: number; readonly gid: number }
}

/**
 * Replaces a file whole: after a power cut there is the old one or the new one. The temporary file is never readable
 * by others than its owner before it has the final owner and mode. A link to a file is followed, as an editor would.
 * Where `check`, which is given the path of the new file, throws, the old one stays.
 */
export async function replaceFile(
  path: string,
  content: string | Uint8Array,
  permissions: Permissions,
  check: (candidate: string) => Promise<void> = async () => undefined,
): Promise<void> {
  const target = await targetOf(path)
  const directory = dirname(target)
  const temporary = join(directory, `.${randomBytes(6).toString('hex')}.slurm-node-agent`)
  const handle = await open(temporary, 'wx', 0o600)
  let writtenAtMs: number
  try {
    writtenAtMs = await fill(handle, content, permissions)
    await check(temporary)
    await rename(temporary, target)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  await syncDirectory(directory)
  if (tidied.has(directory)) return
  tidied.add(directory)
  // Other steps, and other machines, write there at once: none has been at it since before this boot.
  await removeLeftOvers(directory, temporaryName, writtenAtMs - uptime() * 1_000)
}

/** Once a process is enough: the state file is written five times a second. */
const tidied = new Set<string>()

const temporaryName = /^\.[0-9a-f]{12}\.slurm-node-agent$/

/**
 * Removes the agent's own temporary files of the directory that are older: what a power cut has left, secrets among them.
 * `beforeMs` is by the clock that dates the files there, on a share the server's. It is no business of anybody's that they
 * may not be removed.
 */
export async function removeLeftOvers(directory: string, name: RegExp, beforeMs: number): Promise<void> {
  const names = await readdir(directory).catch(absentAs([]))
  for (const path of names.filter((found) => name.test(found)).map((found) => join(directory, found))) {
    const found = await lstat(path).catch(absentAs(undefined)) // in its place by now
    if (found?.isFile() && found.mtimeMs < beforeMs) await rm(path, { force: true }).catch(forbidden)
  }
}

const denial: readonly unknown[] = ['EACCES', 'EPERM']

function forbidden(error: unknown): void {
  if (!denial.includes(codeOf(error))) throw error
}

/** An fstab with a password in it is root's alone, and is to stay so. */
export async function permissionsOf(path: string): Promise<Permissions> {
  const { mode, uid, gid } = await stat(path)
  return { mode: mode & 0o7777, ids: { uid, gid } }
}

/** Where a link leads to /dev/null, somebody has switched the file off, and a rename would take the device's place. */
async function targetOf(path: string): Promise<string> {
  const target = await realpath(path).catch(absentAs(path))
  const found = await stat(target).catch(absentAs(undefined))
  if (found === undefined || found.isFile()) return target
  throw new Error(`${path} ${target === path ? 'is' : `is a link to ${target},`} no regular file, and is left alone`)
}

/** Makes renames and removals in a directory survive a power cut. */
export async function syncDirectory(directory: string): Promise<void> {
  await using handle = await open(directory)
  await handle.sync()
}

/** ESRCH: a process ended while its folder in /proc was read. */
const absence: readonly unknown[] = ['ENOENT', 'ENOTDIR', 'ESRCH']

/** For `catch`: undefined or a stand-in where there is no such file; every other error is thrown on. */
export function absentAs<T>(stand: T): (error: unknown) => T {
  return (error) => {
    if (absence.includes(codeOf(error))) return stand
    throw error
  }
}

/** Returns when that was, by the clock that dates the file. */
async function fill(handle: FileHandle, content: string | Uint8Array, { mode, ids }: Permissions): Promise<number> {
  try {
    await handle.writeFile(content)
    if (ids !== undefined) await handle.chown(ids.uid, ids.gid)
    await handle.chmod(mode) // not masked by umask
    await handle.sync()
    return (await handle.stat()).mtimeMs
  } finally {
    await handle.close()
  }
}
