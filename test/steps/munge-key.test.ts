import { describe, expect, test } from 'vitest'
import { mungeKey } from '../../src/steps/munge-key.ts'
import { signal } from '../fake-host.ts'
import { configuration } from './configuration.ts'
import {
  converged,
  current,
  key,
  keys,
  local,
  localKey,
  packaged,
  pointer,
  published,
  record,
  share,
  sumOf,
} from './munge-keys.ts'
import { directory, file, settle, sha256Of, smallMachine, type Tree } from './small-machine.ts'

const config = configuration()
const copyTo = (path: string, name: string) => `copy-secret ${keys}/${sumOf(name)}.key to ${path}`
const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1)

describe('munge-key', () => {
  test('has nothing to do when the local key is the cluster’s', async () => {
    const machine = smallMachine({ local: local('a', `${sumOf('a')}\n`), shared: share(published('a'), pointer('a')) })
    expect(await settle(mungeKey, config, machine)).toEqual(converged(sumOf('a')))
    expect(machine.done).toEqual([])
  })

  test('makes a key for a cluster that has none, and puts it in the place of the package’s own', async () => {
    const machine = smallMachine({ local: packaged(), shared: new Map() })
    const decision = await settle(mungeKey, config, machine)
    const place = machine.at(current)
    const name = place?.kind === 'symlink' ? place.target : ''
    expect(decision).toEqual(converged(name))
    expect(machine.done).toEqual([
      `mkdir ${keys}`,
      `make-secret in ${keys}`,
      `symlink ${current} -> ${name}`,
      `copy-secret ${keys}/${name} to ${localKey}`,
      `write ${record}`,
    ])
    expect([machine.at(keys), machine.at(`${keys}/${name}`), machine.at(localKey)]).toEqual([
      directory(0o700),
      file(machine.content(localKey) ?? '', 0o600),
      file(machine.content(`${keys}/${name}`) ?? '', 0o400, 'munge:munge'),
    ])
    expect(machine.content(localKey)?.length).toBe(1024)
    expect(machine.content(record)).toBe(`${sha256Of(machine.content(localKey) ?? '')}\n`)
  })

  test('takes the key of the share', async () => {
    const machine = smallMachine({ local: packaged(), shared: share(published('a'), pointer('a')) })
    expect(await settle(mungeKey, config, machine)).toEqual(converged(sumOf('a')))
    expect(machine.done).toEqual([copyTo(localKey, 'a'), `write ${record}`])
    expect(machine.content(localKey)).toBe(key('a'))
  })

  test('takes the key of the share before munge has any', async () => {
    const machine = smallMachine({ local: new Map(), shared: share(published('a'), pointer('a')) })
    await settle(mungeKey, config, machine)
    expect(machine.done).toEqual([copyTo(localKey, 'a'), `write ${record}`])
  })

  test('follows a key that was rotated on the share', async () => {
    const shared = share(published('a'), published('b'), pointer('b'))
    const machine = smallMachine({ local: local('a', `${sumOf('a')}\n`), shared })
    expect(await settle(mungeKey, config, machine)).toEqual(converged(sumOf('b')))
    expect(machine.done).toEqual([copyTo(localKey, 'b'), `write ${record}`])
  })

  test('gives a share that was lost the key that the cluster has', async () => {
    const shared: Tree = new Map()
    const machine = smallMachine({ local: local('a', `${sumOf('a')}\n`), shared })
    expect(await settle(mungeKey, config, machine)).toEqual(converged(sumOf('a')))
    expect(machine.done).toEqual([
      `mkdir ${keys}`,
      `copy-secret ${localKey} to ${keys}/${sumOf('a')}.key`,
      `symlink ${current} -> ${sumOf('a')}.key`,
    ])
    expect(new Map(shared).get(`${keys}/${sumOf('a')}.key`)).toEqual(file(key('a'), 0o600))
  })

  test.each([
    ['the agent has no record of', local('package')],
    ['was replaced behind the agent’s back', local('package', `${sumOf('a')}\n`)],
  ])('does not give a share that was lost a key that %s', async (_what, tree) => {
    const machine = smallMachine({ local: tree, shared: share() })
    await settle(mungeKey, config, machine)
    expect(machine.done[0]).toBe(`make-secret in ${keys}`)
    expect(machine.content(localKey)).not.toBe(key('package'))
  })

  describe('goes on from where a run was cut off', () => {
    test('after the key was made', async () => {
      const machine = smallMachine({ local: packaged(), shared: share(published('a')) })
      expect(await settle(mungeKey, config, machine)).toEqual(converged(sumOf('a')))
      expect(machine.done).toEqual([
        `symlink ${current} -> ${sumOf('a')}.key`,
        copyTo(localKey, 'a'),
        `write ${record}`,
      ])
    })

    test('after the local key was published again', async () => {
      const machine = smallMachine({ local: local('a', `${sumOf('a')}\n`), shared: share(published('a')) })
      await settle(mungeKey, config, machine)
      expect(machine.done).toEqual([`symlink ${current} -> ${sumOf('a')}.key`])
    })

    test('before the record was written', async () => {
      const machine = smallMachine({ local: local('a'), shared: share(published('a'), pointer('a')) })
      await settle(mungeKey, config, machine)
      expect(machine.done).toEqual([`write ${record}`])
    })
  })

  test('gives the cluster its old key rather than one that nobody points to', async () => {
    const machine = smallMachine({ local: local('a', `${sumOf('a')}\n`), shared: share(published('b')) })
    expect(await settle(mungeKey, config, machine)).toEqual(converged(sumOf('a')))
  })

  test.each([
    ['half of it', key('a').slice(0, 500)],
    ['nothing', ''],
  ])('adopts no key file that holds %s', async (_what, content) => {
    const broken = [`${keys}/${sumOf('a')}.key`, file(content, 0o600)] as const
    const machine = smallMachine({ local: packaged(), shared: share(broken) })
    await settle(mungeKey, config, machine)
    expect(machine.done[0]).toBe(`make-secret in ${keys}`)
  })

  test('sets right who may read the keys', async () => {
    const shared = share(published('a', 0o644), pointer('a'))
    shared.set(keys, directory(0o755))
    const tree = local('a', `${sumOf('a')}\n`)
    tree.set(localKey, file(key('a'), 0o644))
    const machine = smallMachine({ local: tree, shared })
    expect(await settle(mungeKey, config, machine)).toEqual(converged(sumOf('a')))
    expect(machine.done).toEqual([`mkdir ${keys}`, `permit ${keys}/${sumOf('a')}.key`, `permit ${localKey}`])
  })

  test.each([
    ['without the newline at its end', sumOf('a').toUpperCase()],
    ['that is empty', ''],
    ['of another key', `${sumOf('b')}\n`],
  ])('rewrites a record %s', async (_what, recorded) => {
    const machine = smallMachine({ local: local('a', recorded), shared: share(published('a'), pointer('a')) })
    expect(await settle(mungeKey, config, machine)).toEqual(converged(sumOf('a')))
    expect([machine.done, machine.content(record)]).toEqual([[`write ${record}`], `${sumOf('a')}\n`])
  })

  describe('refuses a pointer', () => {
    const refusal = (target: string) => ({
      is: 'refuse',
      code: 'MUNGE_KEY_DAMAGED',
      because: `${current} points to ${target}, which is no whole key of that fingerprint`,
      hint: `restore that file, or remove ${current} to have the cluster take another key`,
    })
    const link = (target: string) => [current, { kind: 'symlink', target }] as const
    const name = `${sumOf('a')}.key`

    test.each([
      ['to a key that is gone', name, share(link(name))],
      ['to a key that was cut off', name, share([`${keys}/${name}`, file(key('a').slice(0, 100))], link(name))],
      ['to a key that was changed', name, share([`${keys}/${name}`, file(key('b'))], link(name))],
      [
        'to a name that is no fingerprint',
        'munge.key',
        share([`${keys}/munge.key`, file(key('a'))], link('munge.key')),
      ],
      ['out of its directory', '../../etc/passwd', share(link('../../etc/passwd'))],
      ['that is no link', 'nothing', share([current, file(key('a'))])],
    ])('%s', async (_what, target, shared) => {
      const machine = smallMachine({ local: local('b', `${sumOf('b')}\n`), shared })
      expect(await settle(mungeKey, config, machine)).toEqual(refusal(target))
      expect(machine.done).toEqual([])
    })

    test.each([
      ['shorter than munge takes', 31],
      ['longer than munge takes', 1025],
    ])('to a key that is %s', async (_what, size) => {
      const content = 'x'.repeat(size)
      const named = `${sha256Of(content)}.key`
      const machine = smallMachine({
        local: packaged(),
        shared: share([`${keys}/${named}`, file(content)], link(named)),
      })
      expect(await settle(mungeKey, config, machine)).toEqual(refusal(named))
    })
  })

  describe('refuses what others than root could have put there', () => {
    const parent = '/mnt/work/slurm'
    const good = [published('a'), pointer('a')] as const
    const keyPath = `${keys}/${sumOf('a')}.key`
    const usurped = (path: string, found: string) => ({
      is: 'refuse',
      code: 'MUNGE_KEY_NOT_ROOTS',
      because: `${path} ${found}: others than root could choose the cluster's key`,
      hint: `look at what is there; then either move it away or make it root's: chown root:root ${path}, chmod go-w ${path}`,
    })

    test.each<[string, Tree, string, string]>([
      [
        'a directory of theirs',
        share([keys, directory(0o700, 'ubuntu:ubuntu')], ...good),
        keys,
        'belongs to ubuntu:ubuntu',
      ],
      [
        'a link in the place of the directory',
        new Map([[keys, { kind: 'symlink', target: '/home/ubuntu/keys' }]]),
        keys,
        'is a symbolic link to /home/ubuntu/keys, no directory',
      ],
      ['a file in the place of the directory', new Map([[keys, file('')]]), keys, 'is a file, no directory'],
      ['a key of theirs', share(published('a', 0o600, 'ubuntu:root'), pointer('a')), keyPath, 'belongs to ubuntu:root'],
      [
        'a parent of theirs',
        share([parent, directory(0o755, 'slurm:slurm')], ...good),
        parent,
        'belongs to slurm:slurm',
      ],
      [
        'a parent that its group can write',
        share([parent, directory(0o775)], ...good),
        parent,
        'can be written by others than root',
      ],
      [
        'a parent that all can write, also before there is a key',
        new Map([[parent, directory(0o1777)]]),
        parent,
        'can be written by others than root',
      ],
      [
        'a link in the place of the parent',
        new Map([[parent, { kind: 'symlink', target: '/tmp/x' }]]),
        parent,
        'is a symbolic link to /tmp/x, no directory',
      ],
    ])('%s', async (_what, shared, path, found) => {
      const machine = smallMachine({ local: packaged(), shared })
      expect(await settle(mungeKey, config, machine)).toEqual(usurped(path, found))
      expect(machine.done).toEqual([])
    })

    test('but makes a new key instead of taking one of theirs that nobody points to', async () => {
      const machine = smallMachine({ local: packaged(), shared: share(published('a', 0o600, 'ubuntu:ubuntu')) })
      await settle(mungeKey, config, machine)
      expect(machine.done[0]).toBe(`make-secret in ${keys}`)
    })
  })

  test('guards every effect on the share by its mount', async () => {
    for (const tree of [packaged(), local('a', `${sumOf('a')}\n`)]) {
      for (const shared of [new Map(), share(), share(published('b')), share(published('b', 0o644), pointer('b'))]) {
        const seen = await mungeKey.observe(config, smallMachine({ local: tree, shared }).host, signal)
        const decision = mungeKey.decide(config, seen, [])
        const onShare = (decision.is === 'act' ? decision.actions : []).filter((action) =>
          [
            action.do === 'copy-secret' ? action.to : '',
            'path' in action ? action.path : '',
            'directory' in action ? action.directory : '',
          ].some((path) => path.startsWith('/mnt/work')),
        )
        expect(onShare.map((action) => action.whileMounted)).toEqual(onShare.map(() => '/mnt/work'))
      }
    }
  })

  /**
   * That no secret gets into state, decisions, labels or logs is so by construction: the Host gives a key's SHA-256 and
   * its stat, never its bytes, unless `read` is asked for it, and this step never does that.
   */
  test('never reads a key', async () => {
    const machine = smallMachine({ local: local('a', `${sumOf('a')}\n`), shared: share(published('b'), pointer('b')) })
    const read: string[] = []
    const host = {
      ...machine.host,
      read: async (path: string) => {
        read.push(nameOf(path))
        return await machine.host.read(path)
      },
    }
    const seen = await mungeKey.observe(config, host, signal)
    expect(read.toSorted()).toEqual(['munge-key.sha256', 'rotation'])
    expect(
      JSON.stringify([{ ...seen, published: [...seen.published] }, mungeKey.decide(config, seen, [])]),
    ).not.toContain('SECRET')
  })
})
