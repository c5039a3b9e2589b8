import type { Host } from '../engine/host.ts'

const locks = [
  '/var/lib/dpkg/lock-frontend',
  '/var/lib/dpkg/lock',
  '/var/lib/apt/lists/lock',
  '/var/cache/apt/archives/lock',
]

/** Who keeps apt and dpkg from us, and by which lock; undefined when nobody does. */
export async function aptLockedBy(host: Host): Promise<string | undefined> {
  const holders = await Promise.all(locks.map(async (path) => ({ path, holder: await host.lockHolder(path) })))
  const locked = holders.find(({ holder }) => holder !== undefined)
  return locked && `${locked.holder} holds ${locked.path}`
}
