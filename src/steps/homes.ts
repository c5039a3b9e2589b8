import type { FrontendConfig } from '../config/frontend-schema.ts'
import { type Decision, toConverge, withWarnings } from '../engine/decision.ts'
import type { FileStat, Host } from '../engine/host.ts'
import type { Step } from '../engine/step.ts'
import { guardOf } from './mount-guard.ts'
import { userOf } from './owner.ts'
import { refusal } from './refusal.ts'
import { gidOf } from './users.ts'

interface Home extends FileStat {
  /** Looked at where it is a directory of root's. */
  readonly isEmpty: boolean
}

/** By path. */
type Seen = ReadonlyMap<string, Home | undefined>

/** The users' homes, where they are stored: on the file systems that all machines mount. */
export const homes: Step<FrontendConfig, Seen> = {
  id: 'homes',
  title: 'Homes',
  after: ['users', 'efs', 'data-volume'],
  deadlineMs: () => 60_000,

  async observe(config, host) {
    const looks = config.users.map(async ({ home }) => [home, await lookAt(home, host)] as const)
    return new Map(await Promise.all(looks))
  },

  decide(config, seen) {
    const taken = config.users.find(({ home }) => !['directory', undefined].includes(seen.get(home)?.kind))
    if (taken !== undefined) {
      const because = `${taken.home}, the home of ${taken.name}, is no directory but a ${seen.get(taken.home)?.kind}`
      return refusal('HOME_TAKEN', because, 'move it away, or choose another home in users')
    }
    const unmade = config.users.filter(({ home }) => isUnmade(seen.get(home)))
    const decision = toConverge(
      config.users.length === 0 ? 'none are configured' : 'each user has one',
      ...unmade.map((user) => ({
        do: 'mkdir' as const,
        path: user.home,
        mode: 0o700,
        // By number: the user may be one of a directory service.
        owner: { user: String(user.uid), group: String(gidOf(user)) },
        ...guardOf(user.home, config),
        because: seen.get(user.home) === undefined ? `${user.name} has no home` : `it is not ${user.name}'s yet`,
      })),
    )
    return tellOfOthers(decision, config, seen)
  },
}

async function lookAt(path: string, host: Host): Promise<Home | undefined> {
  const home = await host.stat(path)
  if (home === undefined) return undefined
  const isRoots = home.kind === 'directory' && home.owner === 'root:root'
  return { ...home, isEmpty: isRoots && (await host.list(path)).length === 0 }
}

/** Also where a run was cut off between making it and giving it to its user; what is in use is left, whosever it is. */
function isUnmade(home: Home | undefined): boolean {
  return home?.isEmpty ?? true
}

function tellOfOthers(decision: Decision, { users }: FrontendConfig, seen: Seen): Decision {
  const others = users.filter(({ name, uid, home }) => {
    const found = seen.get(home)
    return found !== undefined && ![name, String(uid)].includes(userOf(found))
  })
  const warnings = others.map(({ name, home }) => ({
    code: 'HOME_OF_ANOTHER' as const,
    text: `${home}, the home of ${name}, belongs to ${seen.get(home)?.owner}`,
  }))
  return withWarnings(decision, ...warnings)
}
