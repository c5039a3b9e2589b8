import { describe, expect, test } from 'vitest'
import type { Action, ActionOutcome, Exec } from '../../src/engine/action.ts'
import type { Decision } from '../../src/engine/decision.ts'
import type { UnitRule } from '../../src/engine/step.ts'
import { dropFetchedBefore, finishInterrupted, install, updateLists } from '../../src/steps/apt.ts'
import { packages } from '../../src/steps/packages.ts'
import { configuration } from './configuration.ts'

const config = configuration({ packages: ['hello', 'tree', 'munge'] })
const step = packages(['munge', 'slurmctld'], [])

type Seen = Parameters<typeof step.decide>[1]
const nothing: Seen = {
  missing: [],
  halfUnpacked: [],
  unfinished: false,
  lockedBy: undefined,
  missingRules: [],
  oldFilesBefore: undefined,
}
const two: Seen = { ...nothing, missing: ['hello', 'tree'] }
const one: Seen = { ...nothing, missing: ['hello'] }
const decide = (seen: Seen, past: readonly ActionOutcome[] = []) => step.decide(config, seen, past)

const done = (action: Exec): ActionOutcome => ({ is: 'done', action })
const failed = (action: Exec, stderr: string): ActionOutcome => ({
  is: 'failed',
  action,
  error: `${action.argv.join(' ')} ended with 100: ${stderr}`,
})
const act = (...actions: Action[]): Decision => ({ is: 'act', actions })
const degraded = (...texts: string[]): Decision => ({
  is: 'converged',
  because: 'all packages that can be are installed',
  warnings: texts.map((text) => ({ code: 'PACKAGE_FAILED', text })),
})

const both = install(['hello', 'tree'], [])
const hello = install(['hello'], [])
const tree = install(['tree'], [])
const unknown = (name: string) => `E: Unable to locate package ${name}`
const offline = "E: Failed to fetch http://mirror.example.com/x.deb  Temporary failure resolving 'mirror.example.com'"
const locked = 'E: Could not get lock /var/lib/apt/lists/lock. It is held by process 125 (apt-get)'
const badSource = 'E: The repository http://example.org bookworm Release does not have a Release file.'

describe('packages', () => {
  test('has nothing to do when all are installed', () => {
    expect(decide(nothing)).toEqual({ is: 'converged', because: 'all packages are installed' })
  })

  test('installs all that are missing in one transaction, with fresh lists', () => {
    expect(decide(two)).toEqual(act(updateLists, both))
  })

  test('keeps units of what it installs from starting too early', () => {
    const rule: UnitRule = { is: 'masked', unit: 'rpcbind.socket' }
    const missingRules = [{ rule, was: undefined }]
    const path = '/etc/systemd/system/rpcbind.socket'
    const because = 'no unit of a package is to start before it is configured'
    const mask = { do: 'symlink', path, target: '/dev/null', because } as const
    expect(decide({ ...two, missingRules })).toEqual(act(mask, updateLists, both))
    expect(decide({ ...two, missingRules, unfinished: true })).toEqual(act(mask, finishInterrupted))
    expect(decide({ ...two, missingRules, lockedBy: 'apt' })).toMatchObject({ is: 'wait' })
  })

  test('installs a single missing package', () => {
    expect(decide(one)).toEqual(act(updateLists, hello))
  })

  describe('waits', () => {
    const lockedBy = 'apt-get (pid 125) holds /var/lib/dpkg/lock-frontend'
    test('for the holder of a lock', () => {
      expect(decide({ ...two, lockedBy })).toEqual({ is: 'wait', code: 'APT_LOCKED', for: lockedBy })
    })

    test('for a dpkg at work, which is not one that was cut off', () => {
      expect(decide({ ...two, unfinished: true, lockedBy })).toEqual({ is: 'wait', code: 'APT_LOCKED', for: lockedBy })
    })

    test('for nobody when all are installed', () => {
      const decision = decide({ ...nothing, unfinished: true, lockedBy })
      expect(decision).toEqual({ is: 'converged', because: 'all packages are installed' })
    })
  })

  describe('finishes a dpkg that was cut off', () => {
    test('before it installs anything', () => {
      expect(decide({ ...two, unfinished: true })).toEqual(act(finishInterrupted))
    })

    test('also when nothing is missing', () => {
      expect(decide({ ...nothing, unfinished: true })).toEqual(act(finishInterrupted))
    })

    test('and leaves to apt what dpkg cannot finish, such as a package that is half unpacked', () => {
      expect(decide({ ...two, unfinished: true }, [done(finishInterrupted)])).toEqual(act(updateLists, both))
    })

    test('and has apt put what is half unpacked in place, and nothing else a second time', () => {
      const again = (names: readonly string[]) => install(names, ['tree'])
      expect(again(['hello', 'tree']).argv).toContain('--reinstall')
      const seen = { ...two, halfUnpacked: ['tree'] }
      expect(decide(seen)).toEqual(act(updateLists, again(['hello', 'tree'])))
      const past = [done(updateLists), failed(again(['hello', 'tree']), unknown('hello'))]
      expect(decide(seen, past)).toEqual(act(hello, again(['tree'])))
      expect(hello.argv).not.toContain('--reinstall')
    })

    test('and goes on when a package cannot be configured', () => {
      const past = [failed(finishInterrupted, 'dpkg: error processing package bad (--configure):')]
      expect(decide({ ...two, unfinished: true }, past)).toEqual(act(updateLists, both))
      expect(decide({ ...nothing, unfinished: true }, past)).toEqual({
        is: 'converged',
        because: 'all packages are installed',
      })
    })

    test('once more when somebody had the lock', () => {
      const past = [
        failed(finishInterrupted, 'dpkg: error: dpkg frontend lock was locked by another process with pid 121'),
      ]
      expect(decide({ ...two, unfinished: true }, past)).toEqual(act(finishInterrupted))
    })
  })

  describe('when the transaction fails', () => {
    test.each([
      ['the network', offline],
      ['a lock', locked],
    ])('for %s, tries it whole again', (_why, stderr) => {
      const past = [done(updateLists), failed(both, stderr)]
      expect(decide(two, past)).toEqual(act(updateLists, both))
      expect(decide(two, [...past, ...past, ...past])).toEqual(act(updateLists, both))
    })

    test('for the network again and again, tries them one by one, so that those of other sources come', () => {
      const rounds = (count: number, ...outcomes: readonly ActionOutcome[]) =>
        Array.from({ length: count }, () => outcomes).flat()
      expect(decide(two, rounds(9, done(updateLists), failed(both, offline)))).toEqual(act(updateLists, both))
      const bulk = rounds(10, done(updateLists), failed(both, offline))
      expect(decide(two, bulk)).toEqual(act(hello, tree))
      const past = [...bulk, ...rounds(9, failed(hello, offline))]
      expect(decide(one, past)).toEqual(act(hello))
      expect(decide(one, [...past, failed(hello, offline)])).toEqual(degraded(`hello: ${offline.replace('E: ', '')}`))
    })

    test('for a lock, however often, tries it whole again', () => {
      const past = Array.from({ length: 20 }, () => [done(updateLists), failed(both, locked)]).flat()
      expect(decide(two, past)).toEqual(act(updateLists, both))
    })

    test('for a package, tries them one by one, so that the others come', () => {
      expect(decide(two, [done(updateLists), failed(both, unknown('hello'))])).toEqual(act(hello, tree))
    })

    test('for a package, and one by one for the network, tries again those that it hit', () => {
      const past = [
        done(updateLists),
        failed(both, unknown('hello')),
        failed(hello, unknown('hello')),
        failed(tree, offline),
      ]
      expect(decide(two, past)).toEqual(act(tree))
    })

    test('is degraded by those that failed alone, with the reason of each', () => {
      const past = [done(updateLists), failed(both, unknown('hello')), failed(hello, unknown('hello')), done(tree)]
      expect(decide(one, past)).toEqual(degraded('hello: Unable to locate package hello'))
    })

    test('is degraded by all of them', () => {
      const postinst =
        'dpkg: error processing package tree (--configure):\n installed tree package post-installation script subprocess returned error exit status 1\nE: Sub-process /usr/bin/dpkg returned an error code (1)'
      const past = [
        done(updateLists),
        failed(both, unknown('hello')),
        failed(hello, unknown('hello')),
        failed(tree, postinst),
      ]
      expect(decide(two, past)).toEqual(
        degraded(
          'hello: Unable to locate package hello',
          'tree: tree: installed tree package post-installation script subprocess returned error exit status 1',
        ),
      )
    })

    test('for a file that the mirror lacks, does not keep the others waiting', () => {
      const gone = 'E: Failed to fetch http://mirror/gone_1_all.deb  404  Not Found [IP: 10.0.0.2 80]'
      expect(decide(two, [done(updateLists), failed(both, gone)])).toEqual(act(hello, tree))
    })
  })

  test('is degraded by a single package that does not exist', () => {
    const past = [done(updateLists), failed(hello, unknown('hello'))]
    expect(decide(one, past)).toEqual(degraded('hello: Unable to locate package hello'))
  })

  describe('a virtual package, which dpkg never knows as installed,', () => {
    const reason =
      'apt-get succeeds, but dpkg does not have it installed; if it is a virtual package, name the real one'
    test('is tried alone after the transaction', () => {
      expect(decide(two, [done(updateLists), done(both)])).toEqual(act(hello, tree))
      expect(decide(one, [done(updateLists), done(both)])).toEqual(act(hello))
    })

    test('degrades the run', () => {
      expect(decide(one, [done(updateLists), done(hello)])).toEqual(degraded(`hello: ${reason}`))
      const past = [done(updateLists), done(both), done(hello), done(tree)]
      expect(decide(two, past)).toEqual(degraded(`hello: ${reason}`, `tree: ${reason}`))
    })
  })

  describe('what apt has fetched before this boot, of which a power cut may have left nothing or zeros,', () => {
    const seen = { ...two, oldFilesBefore: 1_795_572_914 }
    const drop = dropFetchedBefore(1_795_572_914)
    test('is taken first, as it mostly is good', () => {
      expect(decide(seen)).toEqual(act(updateLists, both))
    })

    test('is fetched anew before a missing package is believed', () => {
      expect(decide(seen, [done(updateLists), failed(both, unknown('hello'))])).toEqual(act(drop, updateLists, both))
      const alone = { ...seen, missing: ['hello'] }
      const past = [done(updateLists), failed(hello, unknown('hello'))]
      expect(decide(alone, past)).toEqual(act(drop, updateLists, hello))
    })

    test('stays where the network or a lock was in the way', () => {
      expect(decide(seen, [done(updateLists), failed(both, offline)])).toEqual(act(updateLists, both))
    })

    test('is gone then, and the packages that are still missing are tried one by one', () => {
      const past = [done(updateLists), failed(both, unknown('hello')), done(drop), done(updateLists)]
      expect(decide(two, [...past, failed(both, unknown('hello'))])).toEqual(act(hello, tree))
    })

    test('is named to find by its ctime', () => {
      expect(drop.argv.join(' ')).toBe(
        'find /var/lib/apt/lists /var/cache/apt/archives -maxdepth 1 -type f ! -name lock ! -newerct @1795572914 -delete',
      )
    })
  })

  describe('lists that could not be updated', () => {
    const rounds = (count: number, stderr: string) =>
      Array.from({ length: count }, () => [failed(updateLists, stderr), failed(both, unknown('hello'))]).flat()

    test.each([
      ['a broken source, three times', badSource, 3],
      ['the network, ten times', offline, 10],
      ['a lock, ten times', locked, 10],
    ])('for %s, are taken as they are only then', (_why, stderr, tries) => {
      expect(decide(two, rounds(tries - 1, stderr))).toEqual(act(updateLists, both))
      expect(decide(two, rounds(tries, stderr))).toEqual(act(hello, tree))
    })

    test('do not make a missing package final', () => {
      const past = [failed(updateLists, offline), failed(hello, unknown('hello'))]
      expect(decide(one, past)).toEqual(act(updateLists, hello))
    })

    test('do no harm when the packages come all the same', () => {
      expect(decide(nothing, [failed(updateLists, badSource), done(both)])).toEqual({
        is: 'converged',
        because: 'all packages are installed',
      })
    })

    test('are forgotten after one update', () => {
      const past = [...rounds(2, offline), done(updateLists), failed(both, unknown('hello'))]
      expect(decide(two, past)).toEqual(act(hello, tree))
    })
  })

  test.each([
    ['nothing', []],
    ['one package', ['hello']],
    ['two packages', ['hello', 'tree']],
  ])('ends, also when apt has success after success and dpkg never knows of it: %s', (_what, missing) => {
    const past: ActionOutcome[] = []
    for (let turn = 0; turn < 10; turn++) {
      const decision = decide({ ...nothing, missing, unfinished: true }, past)
      if (decision.is === 'converged') return
      if (decision.is === 'act') past.push(...decision.actions.map((action) => ({ is: 'done', action }) as const))
    }
    expect.unreachable()
  })
})
