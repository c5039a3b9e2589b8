import type { FrontendConfig } from '../config/frontend-schema.ts'
import { toConverge } from '../engine/decision.ts'
import type { FileStat } from '../engine/host.ts'
import type { Step } from '../engine/step.ts'
import { refusal } from './refusal.ts'
import { gidOf } from './users.ts'

/** By path. */
type Seen = ReadonlyMap<string, FileStat | undefined>

/** The users' homes, where they are stored: on the file systems that all machines mount. */
export const homes: Step<FrontendConfig, Seen> = {
  id: 'homes',
  title: 'Homes',
  after: ['users', 'efs', 'data-volume'],
  deadlineMs: () => 60_000,

  async observe(config, host) {
    const looks = config.users.map(async ({ home }) => [home, await host.stat(home)] as const)
    return new Map(await Promise.all(looks))
  },

  decide(config, seen) {
    const taken = config.users.find(({ home }) => !['directory', undefined].includes(seen.get(home)?.kind))
    if (taken !== undefined) {
      const because = `${taken.home}, the home of ${taken.name}, is no directory but a ${seen.get(taken.home)?.kind}`
      return refusal('HOME_TAKEN', because, 'move it away, or choose another home in users')
    }
    const missing = config.users.filter(({ home }) => seen.get(home) === undefined)
    return toConverge(
      config.users.length === 0 ? 'none are configured' : 'each user has one',
      ...missing.map((user) => ({
        do: 'mkdir' as const,
        path: user.home,
        mode: 0o700,
        owner: { user: user.name, group: String(gidOf(user)) },
        ...storeOf(user.home, config),
        because: `${user.name} has no home`,
      })),
    )
  },
}

/** What must be mounted for the home to be there. */
function storeOf(home: string, { efs, dataVolume }: FrontendConfig): { whileMounted?: string } {
  const store = [efs.mountPoint, dataVolume.mountPoint].find((mountPoint) => home.startsWith(`${mountPoint}/`))
  return store === undefined ? {} : { whileMounted: store }
}
