import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheFolder, sweepCache } from './cache.ts'
import { identify, isAlive, type ProcessIdentity } from './process-identity.ts'

/** The scratch space of one run of the lab: disks, logs, the share. Gone when the run is. */
export interface RunFolder {
  readonly path: string
  readonly owner: ProcessIdentity
  /** Runs of `up` stay when the command that made them has ended. */
  readonly stays: boolean
}

function runsFolder(): string {
  return join(cacheFolder(), 'runs')
}

function isOwner(value: unknown): value is Pick<RunFolder, 'owner' | 'stays'> {
  return typeof value === 'object' && value !== null && 'owner' in value && 'stays' in value
}

export async function newRunFolder(): Promise<RunFolder> {
  const owner = identify(process.pid)
  if (owner === undefined) throw new Error('this process is not in /proc: is it mounted?')
  const path = join(runsFolder(), `${owner.pid}-${owner.startTicks}`)
  await mkdir(path, { recursive: true })
  return await claim(path, owner, false)
}

/** Writes down which process the folder lives and dies with. */
export async function claim(path: string, owner: ProcessIdentity, stays: boolean): Promise<RunFolder> {
  await writeFile(join(path, 'owner.json'), JSON.stringify({ owner, stays }))
  return { path, owner, stays }
}

export async function liveRuns(): Promise<RunFolder[]> {
  return (await allRuns()).filter((run) => isAlive(run.owner))
}

async function allRuns(): Promise<RunFolder[]> {
  await mkdir(runsFolder(), { recursive: true })
  const runs: RunFolder[] = []
  for (const entry of await readdir(runsFolder())) {
    const path = join(runsFolder(), entry)
    const parsed: unknown = JSON.parse(await readFile(join(path, 'owner.json'), 'utf8').catch(() => 'null'))
    // Without an owner on record the folder's name still tells who made it.
    const [pid = '0', startTicks = ''] = entry.split('-')
    const record = isOwner(parsed) ? parsed : { owner: { pid: Number(pid), startTicks }, stays: false }
    runs.push({ path, ...record })
  }
  return runs
}

/** Removes what killed runs and killed builds left. Their processes died with their namespace. */
export async function sweep(): Promise<void> {
  await sweepCache((pid) => identify(pid) !== undefined)
  for (const run of await allRuns()) {
    if (!isAlive(run.owner)) await rm(run.path, { recursive: true, force: true })
  }
}
