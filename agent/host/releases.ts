import { access, constants, mkdir, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { download } from './download.ts'
import { exec } from './exec.ts'
import { list } from './files.ts'
import { flock } from './flock.ts'
import { absentAs, syncDirectory } from './replace-file.ts'

/** Where the releases are, and Node; the user_data and install.sh have it so, too. */
export const releasesHome = '/opt/slurm-node-agent'

export interface WantedRelease {
  readonly url: string
  readonly sha256: string
}

const mostBytes = 64 * 1024 * 1024

/** The user_data of a boot holds the lock while it fetches. */
const lockSeconds = 60

/** The folder of a release, which is named by the checksum of its tarball. */
export function releaseFolder(sha256: string): string {
  return join(releasesHome, `agent-${sha256}`)
}

/** Fetches a release, checks it and unpacks it: its folder is there whole or not at all. One that is there is taken. */
export async function fetchRelease({ url, sha256 }: WantedRelease, signal: AbortSignal): Promise<string> {
  const release = releaseFolder(sha256)
  await using _lock = await lockReleases(signal)
  if (await isWhole(release)) return release
  const partial = `${release}.partial`
  for (const folder of [release, partial]) await rm(folder, { recursive: true, force: true })
  try {
    await mkdir(partial)
    await unpack({ url, sha256 }, partial, signal)
    await exec(['sync', '--file-system', partial], { signal })
    await rename(partial, release)
    await syncDirectory(releasesHome)
    return release
  } catch (error) {
    await rm(partial, { recursive: true, force: true })
    throw error
  }
}

async function unpack({ url, sha256 }: WantedRelease, folder: string, signal: AbortSignal): Promise<void> {
  const path = join(folder, 'agent.tar')
  await download({ do: 'download', url, path, sha256, mostBytes, because: 'a person wants the release' }, signal)
  const argv = ['tar', '--extract', `--file=${path}`, `--directory=${folder}`, '--no-same-owner'] as const
  await exec(argv, { signal }).catch((error: unknown) => {
    throw new Error(`what ${url} gives is no release`, { cause: error })
  })
  await rm(path)
  if (!(await isWhole(folder))) throw new Error(`what ${url} gives is no release: it has no install.sh`)
}

/** As the user_data sees it: what a tarball lacks beside, the release shows when it is tried and installed. */
async function isWhole(release: string): Promise<boolean> {
  return await access(join(release, 'install.sh'), constants.X_OK).then(() => true, absentAs(false))
}

/**
 * Removes every other release, and what is left of cut-off downloads. What a loss of power leaves is partial by name.
 * `toKeep` is asked under the lock: user_data may have installed another one meanwhile.
 */
export async function removeReleasesBut(toKeep: () => Promise<readonly string[]>): Promise<void> {
  await using _lock = await lockReleases(new AbortController().signal)
  const kept = await toKeep()
  const names = (await list(releasesHome)).filter((name) => /^agent-[0-9a-f]{64}(?:\.partial)?$/.test(name))
  for (const folder of names.map((name) => join(releasesHome, name))) {
    if (kept.includes(folder)) continue
    const partial = folder.endsWith('.partial') ? folder : `${folder}.partial`
    if (partial !== folder) {
      await rm(partial, { recursive: true, force: true })
      await rename(folder, partial)
      await syncDirectory(releasesHome)
    }
    await rm(partial, { recursive: true, force: true })
  }
}

/** The lock that the user_data and install.sh take as well: one at a time. */
async function lockReleases(signal: AbortSignal): Promise<AsyncDisposable> {
  const handle = await open(releasesHome)
  if (await flock(handle, ['--exclusive', '--timeout', String(lockSeconds)], signal)) return handle
  await handle.close()
  throw new Error(
    `the user_data of this boot is installing: journalctl -u slurm-node-agent-bootstrap; try again after it`,
  )
}
