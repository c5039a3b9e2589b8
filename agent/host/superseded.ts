import { readlink, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { makeLink } from './file-actions.ts'
import { list } from './files.ts'
import { releasesHome } from './releases.ts'
import { absentAs, syncDirectory } from './replace-file.ts'

const ending = '.upgrade'

/**
 * Has each boot take the release `by` in place of the one that its user_data names: of `old`, or, where that is an upgrade
 * itself, of those that it is in place of. User_data that names `old` later means it. The user_data follows the link of
 * the release that it names, and removes all where that has none. With the two the same, the others alone count: nothing
 * is in place of `old`.
 */
export async function supersede(old: string, by: string): Promise<void> {
  const linked = (await list(releasesHome)).filter((name) => name.endsWith(ending))
  const isUpgrade = linked.some((name) => name.startsWith('agent-')) // the Debian package is in no user_data
  for (const name of new Set([...linked, ...(isUpgrade ? [] : [`${basename(old)}${ending}`])])) {
    await link(join(releasesHome, name), by)
  }
  await syncDirectory(releasesHome)
}

async function link(path: string, release: string): Promise<void> {
  if (path === `${release}${ending}`) return await rm(path, { force: true })
  const was = await readlink(path).catch(absentAs(undefined))
  if (was === release) return
  const because = 'a person has upgraded to it'
  const stale = await makeLink({ do: 'symlink', path, target: release, ...(was !== undefined && { was }), because })
  if (stale !== undefined) throw new Error(stale)
}
