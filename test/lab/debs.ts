import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { debianSources, oneLine } from './apt-sources.ts'
import { cached } from './cache.ts'
import type { Image } from './image.ts'
import { packageIndex } from './package-index.ts'
import type { SuiteName } from './suites.ts'

const VERSION = 1

/**
 * A folder that is an apt repository of these packages with all that they depend on or recommend, on top of what the
 * image holds. It is the guest's only source, so what is not in here cannot be installed there.
 */
export async function debRepository(
  suite: SuiteName,
  image: Image,
  packages: readonly string[],
  signal: AbortSignal,
): Promise<string> {
  const status = await readFile(image.dpkgStatus, 'utf8')
  return await cached({
    name: `debs-${suite}`,
    key: { version: VERSION, packages, status },
    build: async (into) => {
      const apt = await privateApt(join(into, 'apt'), suite, image.dpkgStatus)
      const options = { env: { APT_CONFIG: apt.config, DEBIAN_FRONTEND: 'noninteractive' }, cancelSignal: signal }
      await execa('apt-get', ['update', '-q'], options)
      await execa('apt-get', ['install', '-q', '-y', '--download-only', '--install-recommends', ...packages], options)
      await execa('mv', [apt.archives, join(into, 'pool')])
      await rm(join(into, 'apt'), { recursive: true })
      await rm(join(into, 'pool', 'partial'), { recursive: true })
      await rm(join(into, 'pool', 'lock'), { force: true })
      await packageIndex(into, signal)
    },
  })
}

/** An apt that sees the guest's packages instead of this machine's, and writes nowhere else. */
async function privateApt(
  root: string,
  suite: SuiteName,
  dpkgStatus: string,
): Promise<{ config: string; archives: string }> {
  const archives = join(root, 'archives')
  const config = join(root, 'apt.conf')
  await mkdir(join(root, 'lists', 'partial'), { recursive: true })
  await mkdir(join(archives, 'partial'), { recursive: true })
  await mkdir(join(root, 'empty'))
  await copyFile(dpkgStatus, join(root, 'status'))
  await writeFile(join(root, 'sources.list'), `${(await debianSources(suite)).map(oneLine).join('\n')}\n`)
  const settings = {
    'APT::Architecture': 'amd64',
    'APT::Sandbox::User': 'root',
    'Acquire::Languages': 'none',
    'Dir::State': root,
    'Dir::State::status': join(root, 'status'),
    'Dir::State::lists': join(root, 'lists'),
    'Dir::Cache': root,
    'Dir::Cache::archives': archives,
    'Dir::Etc::sourcelist': join(root, 'sources.list'),
    'Dir::Etc::sourceparts': join(root, 'empty'),
    'Dir::Etc::parts': join(root, 'empty'),
    'Dir::Etc::preferencesparts': join(root, 'empty'),
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name} "${value}";`)
  await writeFile(config, `${lines.join('\n')}\n`)
  return { config, archives }
}
