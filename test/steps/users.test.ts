import { describe, expect, test } from 'vitest'
import { homes } from '../../src/steps/homes.ts'
import { users } from '../../src/steps/users.ts'
import { fakeHost, signal } from '../fake-host.ts'
import { configuration } from './configuration.ts'
import { directory, file, settle, smallMachine } from './small-machine.ts'

const alice = { name: 'alice', uid: 2001, home: '/mnt/shared/home/alice' }
const bob = { name: 'bob', uid: 2002, gid: 3000, home: '/mnt/work/home/bob' }
const config = configuration({ users: [alice, bob] })
const account = { name: 'alice', uid: 2001, gid: 2001, home: alice.home }
const both = {
  accounts: [account, { name: 'bob', uid: 2002, gid: 3000, home: bob.home }],
  groups: [
    { name: 'alice', gid: 2001 },
    { name: 'staff', gid: 3000 },
  ],
}
const exec = (who: string, ...argv: string[]) => ({ do: 'exec', argv, because: `the jobs of ${who} are to run here` })
const addUser = (name: string, uid: string, gid: string, home: string) => {
  const numbers = ['--uid', uid, '--gid', gid, '--home-dir', home]
  return exec(name, 'useradd', ...numbers, '--no-create-home', '--shell', '/bin/bash', name)
}

describe('users', () => {
  test('asks for names and numbers at once', async () => {
    const host = fakeHost({
      commands: {
        'getent passwd alice 2001 bob 2002': {
          exitCode: 2,
          stdout: 'alice:x:2001:2001::/mnt/shared/home/alice:/bin/bash\n',
        },
        'getent group alice 2001 bob 3000': { exitCode: 2, stdout: 'alice:x:2001:\n' },
      },
    })
    expect(await users.observe(config, host, signal)).toEqual({
      accounts: [account],
      groups: [{ name: 'alice', gid: 2001 }],
    })
  })

  test('asks nothing where none are configured', async () => {
    const nobody = configuration()
    const seen = await users.observe(nobody, fakeHost({}), signal)
    expect(users.decide(nobody, seen, [])).toEqual({ is: 'converged', because: 'none are configured' })
  })

  test('has nothing to do where they are there', () => {
    expect(users.decide(config, both, [])).toEqual({ is: 'converged', because: 'alice, bob' })
  })

  test('adds those that are missing, with a group of their own where that is not there', () => {
    expect(users.decide(config, { accounts: [], groups: [{ name: 'staff', gid: 3000 }] }, [])).toEqual({
      is: 'act',
      actions: [
        {
          do: 'exec',
          argv: ['groupadd', '--gid', '2001', 'alice'],
          because: 'users of the group 2001 are to be added',
        },
        addUser('alice', '2001', '2001', alice.home),
        addUser('bob', '2002', '3000', bob.home),
      ],
    })
  })

  test.each([
    ['the name with another number', { ...account, uid: 1500 }, /alice has the uid 1500, and alice is to have 2001/],
    ['the number with another name', { ...account, name: 'carol' }, /carol has the uid 2001/],
    ['another group', { ...account, gid: 100 }, /the gid 100/],
    ['another home', { ...account, home: '/home/alice' }, /the home \/home\/alice/],
  ])('refuses %s', (_what, found, because) => {
    expect(users.decide(config, { accounts: [found], groups: [] }, [])).toMatchObject({
      is: 'refuse',
      code: 'USER_DIFFERS',
      because: expect.stringMatching(because),
    })
  })

  test('refuses a group of that name with another number', () => {
    const seen = { accounts: [], groups: [{ name: 'alice', gid: 999 }] }
    expect(users.decide(config, seen, [])).toMatchObject({ is: 'refuse', code: 'USER_DIFFERS' })
  })
})

test('users that share a new group have it made once', () => {
  const staff = [
    { ...alice, gid: 3000 },
    { ...bob, gid: 3000 },
  ]
  const decision = users.decide({ users: staff }, { accounts: [], groups: [] }, [])
  const programs = decision.is === 'act' ? decision.actions.map((action) => action.do === 'exec' && action.argv[0]) : []
  expect(programs).toEqual(['groupadd', 'useradd', 'useradd'])
})

describe('homes', () => {
  test('are made for their owners alone, only while their file system is mounted', async () => {
    const machine = smallMachine({ local: new Map() })
    expect(await settle(homes, config, machine)).toEqual({ is: 'converged', because: 'each user has one' })
    expect(machine.at(alice.home)).toEqual(directory(0o700, '2001:2001'))
    expect(machine.at(bob.home)).toEqual(directory(0o700, '2002:3000'))
    const decision = homes.decide(config, new Map(), [])
    expect(decision.is === 'act' && decision.actions.map(({ whileMounted }) => whileMounted)).toEqual([
      '/mnt/shared',
      '/mnt/work',
    ])
  })

  test('that are there are left as they are', async () => {
    const mine = directory(0o755, 'alice:alice')
    const machine = smallMachine({
      local: new Map([[alice.home, mine]]),
      shared: new Map([[bob.home, directory(0o750, 'bob:3000')]]),
    })
    expect(await settle(homes, config, machine)).toMatchObject({ is: 'converged' })
    expect(machine.done).toEqual([])
  })

  test('that a run that was cut off has left root’s are given to their users', async () => {
    const machine = smallMachine({
      local: new Map([[alice.home, directory(0o755)]]),
      shared: new Map([[bob.home, directory(0o750, 'bob:3000')]]),
    })
    expect(await settle(homes, config, machine)).toEqual({ is: 'converged', because: 'each user has one' })
    expect(machine.at(alice.home)).toEqual(directory(0o700, '2001:2001'))
  })

  test('of root that hold something are told of, and left', async () => {
    const machine = smallMachine({
      local: new Map([
        [alice.home, directory(0o755)],
        [`${alice.home}/projects`, directory(0o755)],
      ]),
      shared: new Map([[bob.home, directory(0o750, 'bob:3000')]]),
    })
    expect(await settle(homes, config, machine)).toMatchObject({
      is: 'converged',
      warnings: [{ code: 'HOME_OF_ANOTHER', text: `${alice.home}, the home of alice, belongs to root:root` }],
    })
    expect(machine.done).toEqual([])
  })

  test('of somebody else are told of, and left', async () => {
    const machine = smallMachine({
      local: new Map([[alice.home, directory(0o700, 'carol:carol')]]),
      shared: new Map([[bob.home, directory(0o750, 'bob:3000')]]),
    })
    expect(await settle(homes, config, machine)).toMatchObject({
      is: 'converged',
      warnings: [{ code: 'HOME_OF_ANOTHER', text: `${alice.home}, the home of alice, belongs to carol:carol` }],
    })
    expect(machine.done).toEqual([])
  })

  test('are refused where there is something else', async () => {
    const machine = smallMachine({ local: new Map([[alice.home, file('')]]) })
    expect(await settle(homes, config, machine)).toMatchObject({ is: 'refuse', code: 'HOME_TAKEN' })
    expect(machine.done).toEqual([])
  })
})
