import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'

export function cacheFolder(): string {
  const base = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache')
  return join(base, 'slurm-node-agent-lab')
}

export interface CacheEntry {
  readonly name: string
  /** Everything that the content depends on. */
  readonly key: unknown
  /** Fills an empty folder. */
  readonly build: (folder: string) => Promise<void>
}

/** The path of the folder for this name and key, built now if it is not there. */
export async function cached({ name, key, build }: CacheEntry): Promise<string> {
  const digest = createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, 16)
  const folder = join(cacheFolder(), `${name}-${digest}`)
  if (!existsSync(folder)) await buildWhole(folder, build)
  const now = new Date()
  await utimes(folder, now, now)
  return folder
}

/** Under its name the folder is complete: a build that was killed is never taken for one. */
async function buildWhole(folder: string, build: CacheEntry['build']): Promise<void> {
  const partial = `${folder}.partial-${process.pid}`
  await rm(partial, { recursive: true, force: true })
  await mkdir(partial, { recursive: true })
  try {
    await build(partial)
    await rename(partial, folder)
  } catch (error) {
    await rm(partial, { recursive: true, force: true })
    // Another lab that built the same content was first: its folder is as good.
    if (!existsSync(folder)) throw error
  }
}

const UNUSED_MS = 3 * 24 * 3600 * 1000

/** Removes what killed builds left and what has not been used for days; not sooner, for another lab may be using it. */
export async function sweepCache(isAlive: (pid: number) => boolean): Promise<void> {
  const root = cacheFolder()
  await mkdir(root, { recursive: true })
  for (const entry of await readdir(root)) {
    const path = join(root, entry)
    const [, builder] = /\.partial-(\d+)$/.exec(entry) ?? []
    const complete = /-[0-9a-f]{16}$/.test(entry)
    const stale = complete && Date.now() - (await stat(path)).mtimeMs > UNUSED_MS
    const abandoned = builder !== undefined && !isAlive(Number(builder))
    if (stale || abandoned) await rm(path, { recursive: true, force: true })
  }
}
