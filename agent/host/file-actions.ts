import { isUtf8 } from 'node:buffer'
import { randomBytes, randomUUID } from 'node:crypto'
import { chmod, chown, constants, mkdir, open, readFile, readlink, rename, rm, stat, symlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Mkdir, Permit, Remove, Symlink, Write, WriteTest } from '../../src/engine/action.ts'
import { codeOf } from './error-code.ts'
import { checkFstab } from './fstab-check.ts'
import { idsOf } from './owner.ts'
import { absentAs, permissionsOf, removeLeftOvers, replaceFile, syncDirectory } from './replace-file.ts'
import { assertMounted } from './while-mounted.ts'

/** Why nothing was done, or undefined when it was. */
export type Stale = string | undefined

/**
 * Two steps edit /etc/fstab: between the look at a file and its replacement, no other of ours may replace it. By path,
 * since a write to a dead share may never end.
 */
const lastWrites = new Map<string, Promise<unknown>>()

export async function writeFile(action: Write): Promise<Stale> {
  const before = lastWrites.get(action.path) ?? Promise.resolve()
  const write = before.then(() => compareAndReplace(action))
  lastWrites.set(
    action.path,
    write.catch(() => undefined), // its own caller is told
  )
  return await write
}

async function compareAndReplace(action: Write): Promise<Stale> {
  const { path, content, was, mode, owner, keepsPermissions, whileMounted } = action
  const now = await readFile(path).catch(absentAs(undefined))
  // What is not UTF-8 was lost when it was read as text, and would be lost in the file too.
  if (now !== undefined && !isUtf8(now)) throw new Error(`${path} is not UTF-8 text; convert it with iconv`)
  if (now?.toString() !== was) return `${path} was changed by somebody else meanwhile`
  await makeDirectories(dirname(path), whileMounted)
  const given = { mode, ...(owner && { ids: await idsOf(owner) }) }
  const permissions = keepsPermissions && now !== undefined ? await permissionsOf(path) : given
  await replaceFile(path, content, permissions, async (candidate) => {
    if (action.check === 'fstab') await checkFstab(candidate, content)
    await assertMounted(whileMounted)
  })
  return undefined
}

/** As `mkdir --parents`, but each by a call of its own, so that none is made on a bare directory. */
async function makeDirectories(path: string, whileMounted: string | undefined): Promise<void> {
  if ((await stat(path).catch(absentAs(undefined))) !== undefined) return
  await makeDirectories(dirname(path), whileMounted)
  await assertMounted(whileMounted)
  await mkdir(path, 0o755).catch(existing)
}

function existing(error: unknown): void {
  if (codeOf(error) !== 'EEXIST') throw error
}

export async function makeDirectory({ path, mode, owner, whileMounted }: Mkdir): Promise<Stale> {
  const ids = owner && (await idsOf(owner))
  await makeDirectories(path, whileMounted)
  // Never another one: who may write its parent could put a link in its place.
  await using directory = await open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW)
  await directory.chmod(mode) // not masked by umask
  // Last: by its owner the steps know that it is done, and a power cut may come before.
  if (ids !== undefined) await directory.chown(ids.uid, ids.gid)
  await syncDirectory(dirname(path))
  return undefined
}

export async function removeFile({ path }: Remove): Promise<Stale> {
  await rm(path, { force: true })
  await syncDirectory(dirname(path))
  return undefined
}

export async function permit({ path, mode, owner }: Permit): Promise<Stale> {
  const { uid, gid } = await idsOf(owner)
  await chown(path, uid, gid)
  await chmod(path, mode)
  return undefined
}

export async function makeLink(action: Symlink): Promise<Stale> {
  const { path, target, was } = action
  if (was !== undefined) return await replaceLink(action, was)
  try {
    await symlink(target, path)
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return `${path} was made by somebody else meanwhile`
    throw error
  }
  await syncDirectory(dirname(path))
  return undefined
}

async function replaceLink({ path, target, whileMounted }: Symlink, was: string): Promise<Stale> {
  const now = await readlink(path).catch(absentAs(undefined))
  if (now !== was) return `${path} points to ${now ?? 'nothing'} by now`
  await assertMounted(whileMounted)
  const next = join(dirname(path), `.${basename(path)}.${randomUUID()}.slurm-node-agent`)
  await symlink(target, next)
  await rename(next, path)
  await syncDirectory(dirname(path))
  return undefined
}

const writeTestName = /^\.slurm-node-agent\.write-test\./
/** By then nobody is still at it. */
const leftOverMs = 60 * 60 * 1_000

/**
 * Leaves nothing behind; on a network file system only the sync tells whether the write arrived. All nodes share the
 * directory, so that the file is named at random: their processes may have the same number.
 */
export async function writeTest({ directory, whileMounted }: WriteTest): Promise<Stale> {
  const path = join(directory, `.slurm-node-agent.write-test.${randomBytes(6).toString('hex')}`)
  try {
    await using handle = await open(path, 'wx', 0o600)
    await handle.writeFile(whileMounted)
    await handle.sync()
    await removeLeftOvers(directory, writeTestName, (await handle.stat()).mtimeMs - leftOverMs)
  } finally {
    await rm(path, { force: true })
  }
  return undefined
}
