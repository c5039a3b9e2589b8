import type { Config } from '../config/schema.ts'
import type { User } from '../config/users-schema.ts'
import type { Exec } from '../engine/action.ts'
import type { Host } from '../engine/host.ts'
import type { Step } from '../engine/step.ts'
import { type Account, parseGroup, parsePasswd } from '../formats/passwd.ts'
import { type Refusal, refusal } from './refusal.ts'

interface Seen {
  readonly accounts: readonly Account[]
  readonly groups: readonly Pick<Account, 'name' | 'gid'>[]
}

/** Those whose jobs run here: Slurm runs a job by number, and refuses where the node has no such user. */
export const users: Step<Pick<Config, 'users'>, Seen> = {
  id: 'users',
  title: 'Users',
  after: [],
  deadlineMs: () => 60_000,

  async observe(config, host, signal) {
    if (config.users.length === 0) return { accounts: [], groups: [] }
    const [accounts, groups] = await Promise.all([
      getent(
        'passwd',
        config.users.flatMap(({ name, uid }) => [name, String(uid)]),
        host,
        signal,
      ),
      getent(
        'group',
        config.users.flatMap((user) => [user.name, String(gidOf(user))]),
        host,
        signal,
      ),
    ])
    return { accounts: parsePasswd(accounts), groups: parseGroup(groups) }
  },

  decide(config, seen) {
    for (const user of config.users) {
      const objection = objectionTo(user, seen)
      if (objection !== undefined) return objection
    }
    const actions = [...toAddGroups(config.users, seen), ...config.users.flatMap((user) => toAdd(user, seen))]
    const names = config.users.map(({ name }) => name).join(', ')
    return actions.length > 0 ? { is: 'act', actions } : { is: 'converged', because: names || 'none are configured' }
  },
}

export function gidOf({ uid, gid = uid }: User): number {
  return gid
}

/** 2: one or more of them are not known. */
async function getent(database: string, keys: readonly string[], host: Host, signal: AbortSignal): Promise<string> {
  return (await host.exec(['getent', database, ...keys], { signal, ok: [0, 2] })).stdout
}

function objectionTo(user: User, { accounts, groups }: Seen): Refusal | undefined {
  const gid = gidOf(user)
  const account = accounts.find(({ name, uid }) => (name === user.name) !== (uid === user.uid))
  if (account !== undefined) {
    return differs(`the user ${account.name} has the uid ${account.uid}, and ${user.name} is to have ${user.uid}`)
  }
  const group = groups.find((one) => one.name === user.name && one.gid !== gid)
  if (group !== undefined && !groups.some((one) => one.gid === gid)) {
    return differs(`the group ${group.name} has the gid ${group.gid}, and is to have ${gid}`)
  }
  const found = accounts.find(({ name }) => name === user.name)
  if (found !== undefined && (found.gid !== gid || found.home !== user.home)) {
    return differs(
      `the user ${user.name} has the gid ${found.gid} and the home ${found.home}, and is to have ${gid} and ${user.home}`,
    )
  }
  return undefined
}

function differs(because: string): Refusal {
  return refusal('USER_DIFFERS', because, 'choose another name or number in users, or change the account by hand')
}

/** One for several users where they share its number: it has the name of the first. */
function toAddGroups(wanted: readonly User[], { accounts, groups }: Seen): readonly Exec[] {
  const added = wanted.filter((user) => !accounts.some(({ name }) => name === user.name))
  const missing = Map.groupBy(
    added.filter((user) => !groups.some(({ gid }) => gid === gidOf(user))),
    gidOf,
  )
  return [...missing].map(([gid, [first]]) => {
    const because = `users of the group ${gid} are to be added`
    return { do: 'exec', argv: ['groupadd', '--gid', String(gid), first?.name ?? ''], because }
  })
}

/** The home is made where it is stored: on the front end. */
function toAdd(user: User, { accounts }: Seen): readonly Exec[] {
  const { name, uid, home } = user
  if (accounts.some((account) => account.name === name)) return []
  const add = ['useradd', '--uid', String(uid), '--gid', String(gidOf(user)), '--home-dir', home] as const
  return [
    {
      do: 'exec',
      argv: [...add, '--no-create-home', '--shell', '/bin/bash', name],
      because: `the jobs of ${name} are to run here`,
    },
  ]
}
