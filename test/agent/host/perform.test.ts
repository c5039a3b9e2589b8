import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { lstat, mkdir, readdir, readFile, readlink, stat, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { perform } from '../../../agent/host/perform.ts'
import type { Action } from '../../../src/engine/action.ts'
import { temporaryDirectory } from '../temporary-directory.ts'

const { signal } = new AbortController()
const because = 'the test needs it'
const root = { user: 'root', group: 'root' }
const isRoot = process.getuid?.() === 0

const modeOf = async (path: string) => (await stat(path)).mode & 0o7777
const sha256 = (bytes: string | Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** The outcome without the action, which is always the one that was given. */
async function outcomeOf(action: Action): Promise<object> {
  const { action: performed, ...outcome } = await perform(action, signal)
  expect(performed).toBe(action)
  return outcome
}

const done = { is: 'done' }
const stale = (reason: string) => ({ is: 'stale', because: expect.stringContaining(reason) })
const failed = (error: string) => ({ is: 'failed', error: expect.stringContaining(error) })

describe('exec', () => {
  test('runs the program, with its environment', async () => {
    const path = join(await temporaryDirectory(), 'file')
    const argv = ['sh', '-c', 'echo "$WORD" >"$1"', 'sh', path] as const
    expect(await outcomeOf({ do: 'exec', argv, env: { WORD: 'hello' }, because })).toEqual(done)
    expect(await readFile(path, 'utf8')).toBe('hello\n')
  })

  test('fails with what the program said', async () => {
    const argv = ['sh', '-c', 'echo E: no such package >&2; exit 100'] as const
    expect(await outcomeOf({ do: 'exec', argv, because })).toEqual(failed('ended with 100: E: no such package'))
  })

  test('fails where the program is missing', async () => {
    expect(await outcomeOf({ do: 'exec', argv: ['no-such-program'], because })).toEqual(failed('ENOENT'))
  })

  test('ends with the signal', async () => {
    const action = { do: 'exec', argv: ['sleep', '60'], because } as const
    const outcome = await perform(action, AbortSignal.timeout(100))
    expect(outcome).toEqual({ is: 'failed', action, error: expect.stringContaining('aborted') })
  })

  test('goes on to its end where it may not be interrupted', async () => {
    const action = { do: 'exec', argv: ['sleep', '0.5'], uninterruptible: true, because } as const
    expect(await perform(action, AbortSignal.timeout(100))).toEqual({ is: 'done', action })
  })
})

describe('download', () => {
  test('fails where nobody serves the file, and leaves nothing', async () => {
    const directory = await temporaryDirectory()
    const url = 'https://127.0.0.1:9/a.deb'
    const path = join(directory, 'a.deb')
    const action = { do: 'download', url, path, sha256: sha256(''), mostBytes: 1, because } as const
    expect(await outcomeOf(action)).toEqual(failed(`${url} cannot be fetched`))
    expect(await readdir(directory)).toEqual([])
  })
})

describe('write', () => {
  const write = { do: 'write', content: 'new\n', was: 'old\n', mode: 0o640, because } as const

  test('replaces what was seen', async () => {
    const path = join(await temporaryDirectory(), 'file')
    await writeFile(path, 'old\n')
    expect(await outcomeOf({ ...write, path })).toEqual(done)
    expect([await readFile(path, 'utf8'), await modeOf(path)]).toEqual(['new\n', 0o640])
  })

  test('makes a file that was not there, and the directories on its path', async () => {
    const path = join(await temporaryDirectory(), 'timer.d/sub/file')
    expect(await outcomeOf({ ...write, path, was: undefined })).toEqual(done)
    expect(await readFile(path, 'utf8')).toBe('new\n')
  })

  test.each([
    ['holds something else by now', 'edited\n', 'old\n'],
    ['is there by now', 'edited\n', undefined],
    ['is empty by now', '', 'old\n'],
  ])('is stale where the file %s', async (_case, content, was) => {
    const path = join(await temporaryDirectory(), 'file')
    await writeFile(path, content)
    expect(await outcomeOf({ ...write, path, was })).toEqual(stale(`${path} was changed by somebody else`))
    expect(await readFile(path, 'utf8')).toBe(content)
  })

  test('is stale where the file is gone by now', async () => {
    const path = join(await temporaryDirectory(), 'file')
    expect(await outcomeOf({ ...write, path })).toEqual(stale('changed by somebody else'))
    await expect(stat(path)).rejects.toThrow('ENOENT')
  })

  test('of two that edit the same file at once, one does, and the other is stale', async () => {
    const path = join(await temporaryDirectory(), 'fstab')
    await writeFile(path, 'old\n')
    const edit = (content: string) => perform({ ...write, path, content }, signal)
    const outcomes = await Promise.all([edit('old\nefs\n'), edit('old\nvolume\n')])
    expect(outcomes.map(({ is }) => is)).toEqual(['done', 'stale'])
    expect(await readFile(path, 'utf8')).toBe('old\nefs\n')
  })

  test('of one file does not wait for that of another, which may never end', async () => {
    const directory = await temporaryDirectory()
    const pipe = join(directory, 'pipe') // nobody writes into it, so that reading it never ends
    spawnSync('mkfifo', [pipe])
    const hanging = perform({ ...write, path: pipe }, signal)
    expect(await outcomeOf({ ...write, path: join(directory, 'file'), was: undefined })).toEqual(done)
    await writeFile(pipe, '')
    await hanging
  })

  describe('of an fstab', () => {
    const ours = 'UUID=2b8c91c0 /mnt/shared ext4 defaults,nofail,x-slurm-node-agent 0 2\n'
    const others = 'UUID=0a1b / ext4 rw 0 1\nno entry\n/dev/sdy /y ext4\n/dev/sdz /mnt/my\\040disk ext4 defaults 0 b\n'
    const writeFstab = async (content: string) => {
      const path = join(await temporaryDirectory(), 'fstab')
      await writeFile(path, others)
      const outcome = await outcomeOf({ ...write, path, was: others, content, check: 'fstab' })
      return { outcome, path, now: await readFile(path, 'utf8'), left: await readdir(dirname(path)) }
    }

    test('is done where findmnt reads our entry as it is meant, whatever it makes of others', async () => {
      const { outcome, now } = await writeFstab(`${others}${ours}`)
      expect([outcome, now]).toEqual([done, `${others}${ours}`])
    })

    test.each([
      ['cannot read it', ours.replace('0 2', '0 x'), 'findmnt reads nothing where /mnt/shared is to be'],
      ['reads another source', ours.replace('UUID=2b8c91c0', '"UUID=2b8c91c0"'), 'findmnt reads "UUID=2b8c91c0" ext4'],
    ])('fails and leaves the old one where findmnt %s', async (_case, entry, error) => {
      const { outcome, now, left } = await writeFstab(`${others}${entry}`)
      expect(outcome).toEqual(failed(error))
      expect([now, left]).toEqual([others, ['fstab']])
    })
  })

  test('fails rather than damage bytes that are no UTF-8', async () => {
    const path = join(await temporaryDirectory(), 'hosts')
    const latin1 = Buffer.from('10.0.0.7 db # Zürich\n', 'latin1')
    await writeFile(path, latin1)
    expect(await outcomeOf({ ...write, path, was: latin1.toString() })).toEqual(failed(`${path} is not UTF-8 text`))
    expect(await readFile(path)).toEqual(latin1)
  })

  test('fails where an owner is not there yet, and writes nothing', async () => {
    const directory = await temporaryDirectory()
    const owner = { user: 'no-such-user', group: 'root' }
    const action = { ...write, path: join(directory, 'file'), was: undefined, owner }
    expect(await outcomeOf(action)).toEqual(failed('/etc/passwd has no no-such-user'))
    expect(await readdir(directory)).toEqual([])
  })
})

describe('mkdir', () => {
  test('gives away no directory to which a link leads', async () => {
    const directory = await temporaryDirectory()
    const [others, path] = [join(directory, 'others'), join(directory, 'link')]
    await mkdir(others, { mode: 0o700 })
    await symlink(others, path)
    expect(await outcomeOf({ do: 'mkdir', path, mode: 0o777, because })).toEqual(failed('ENOTDIR'))
    expect((await stat(others)).mode & 0o777).toBe(0o700)
  })

  test('makes the directory and those on its path, with its mode whatever the umask', async () => {
    const path = join(await temporaryDirectory(), 'a/b')
    expect(await outcomeOf({ do: 'mkdir', path, mode: 0o775, because })).toEqual(done)
    expect(await modeOf(path)).toBe(0o775)
  })

  test.runIf(isRoot)('sets mode and owner of one that is there, and keeps what is in it', async () => {
    const path = join(await temporaryDirectory(), 'munge')
    await mkdir(path, { mode: 0o755 })
    await writeFile(join(path, 'key'), 'k')
    const owner = { user: 'daemon', group: 'daemon' }
    expect(await outcomeOf({ do: 'mkdir', path, mode: 0o700, owner, because })).toEqual(done)
    expect([await modeOf(path), (await stat(path)).uid, await readdir(path)]).toEqual([0o700, 1, ['key']])
  })

  test('fails where there is a file', async () => {
    const path = join(await temporaryDirectory(), 'file')
    await writeFile(path, '')
    expect(await outcomeOf({ do: 'mkdir', path, mode: 0o755, because })).toEqual(failed('ENOTDIR'))
  })
})

describe('remove', () => {
  test('removes a file, and finds nothing wrong where it is gone', async () => {
    const path = join(await temporaryDirectory(), 'file')
    await writeFile(path, '')
    expect(await outcomeOf({ do: 'remove', path, because })).toEqual(done)
    expect(await outcomeOf({ do: 'remove', path, because })).toEqual(done)
    await expect(stat(path)).rejects.toThrow('ENOENT')
  })

  test('never removes a directory', async () => {
    const path = await temporaryDirectory()
    expect((await perform({ do: 'remove', path, because }, signal)).is).toBe('failed')
    expect((await stat(path)).isDirectory()).toBe(true)
  })
})

describe('permit', () => {
  test.runIf(isRoot)('sets mode and owner', async () => {
    const path = join(await temporaryDirectory(), 'file')
    await writeFile(path, '', { mode: 0o644 })
    const owner = { user: 'daemon', group: 'root' }
    expect(await outcomeOf({ do: 'permit', path, mode: 0o400, owner, because })).toEqual(done)
    expect([await modeOf(path), (await stat(path)).uid, (await stat(path)).gid]).toEqual([0o400, 1, 0])
  })

  test('fails where there is nothing', async () => {
    expect(await outcomeOf({ do: 'permit', path: '/nowhere/file', mode: 0o400, owner: root, because })).toEqual(
      failed('ENOENT'),
    )
  })
})

describe('symlink', () => {
  test('makes the link', async () => {
    const path = join(await temporaryDirectory(), 'current')
    expect(await outcomeOf({ do: 'symlink', path, target: 'a.key', because })).toEqual(done)
    expect(await readlink(path)).toBe('a.key')
  })

  test('of two that make it at once, one does, and the other is stale', async () => {
    const path = join(await temporaryDirectory(), 'current')
    const link = (target: string) => perform({ do: 'symlink', path, target, because }, signal)
    const outcomes = await Promise.all([link('a.key'), link('b.key')])
    expect(outcomes.map(({ is }) => is).toSorted()).toEqual(['done', 'stale'])
    const winner = outcomes[0].is === 'done' ? 'a.key' : 'b.key'
    expect(await readlink(path)).toBe(winner)
  })

  test('is stale where a link leads nowhere, too', async () => {
    const path = join(await temporaryDirectory(), 'current')
    await symlink('gone.key', path)
    expect(await outcomeOf({ do: 'symlink', path, target: 'a.key', because })).toEqual(stale('made by somebody else'))
    expect(await readlink(path)).toBe('gone.key')
  })

  test('takes the place of the one that was seen, and of no other', async () => {
    const path = join(await temporaryDirectory(), 'current')
    const link = { do: 'symlink', path, target: 'b.key', was: 'a.key', because } as const
    expect(await outcomeOf(link)).toEqual(stale('points to nothing by now'))
    await symlink('a.key', path)
    expect(await outcomeOf(link)).toEqual(done)
    expect(await readlink(path)).toBe('b.key')
    expect(await outcomeOf({ ...link, target: 'c.key' })).toEqual(stale('points to b.key by now'))
    expect(await readdir(dirname(path))).toEqual(['current'])
  })

  test('fails where the directory is missing', async () => {
    expect(await outcomeOf({ do: 'symlink', path: '/nowhere/current', target: 'a.key', because })).toEqual(
      failed('ENOENT'),
    )
  })
})

describe('make-secret', () => {
  test('makes random bytes in a file of root alone that is named by their SHA-256', async () => {
    const directory = await temporaryDirectory()
    expect(await outcomeOf({ do: 'make-secret', directory, sizeBytes: 1024, because })).toEqual(done)
    const [name = ''] = await readdir(directory)
    const secret = await readFile(join(directory, name))
    expect([name, secret.length, await modeOf(join(directory, name))]).toEqual([`${sha256(secret)}.key`, 1024, 0o600])
  })

  test('makes another one each time', async () => {
    const directory = await temporaryDirectory()
    const action = { do: 'make-secret', directory, sizeBytes: 32, because } as const
    await perform(action, signal)
    await perform(action, signal)
    expect(await readdir(directory)).toHaveLength(2)
  })

  test('fails where the directory is missing', async () => {
    const action = { do: 'make-secret', directory: '/nowhere', sizeBytes: 32, because } as const
    expect(await outcomeOf(action)).toEqual(failed('ENOENT'))
  })
})

describe('copy-secret', () => {
  const secret = 'correct horse battery staple, and some more bytes'

  async function given(): Promise<{ directory: string; action: Extract<Action, { do: 'copy-secret' }> }> {
    const directory = await temporaryDirectory()
    const from = join(directory, 'from')
    await writeFile(from, secret, { mode: 0o600 })
    const to = join(directory, 'munge.key')
    const action = { do: 'copy-secret', from, to, sha256: sha256(secret), mode: 0o400, owner: root, because } as const
    return { directory, action }
  }

  test.runIf(isRoot)('copies the secret with the fingerprint that was seen, for its owner alone', async () => {
    const { action } = await given()
    const owner = { user: 'daemon', group: 'daemon' }
    expect(await outcomeOf({ ...action, owner })).toEqual(done)
    expect([await readFile(action.to, 'utf8'), await modeOf(action.to)]).toEqual([secret, 0o400])
    expect((await stat(action.to)).uid).toBe(1)
  })

  test('writes nothing where the source is something else by now', async () => {
    const { action, directory } = await given()
    const wrong = { ...action, sha256: sha256('another one') }
    expect(await outcomeOf(wrong)).toEqual(stale(`${action.from} is no longer the secret with the fingerprint`))
    expect(await readdir(directory)).toEqual(['from'])
  })

  test('keeps a key that is there where the source is something else by now', async () => {
    const { action } = await given()
    await writeFile(action.to, 'the old key', { mode: 0o400 })
    await perform({ ...action, sha256: sha256('another one') }, signal)
    expect(await readFile(action.to, 'utf8')).toBe('the old key')
  })

  test.each([
    ['the source is gone', { from: '/nowhere/from' }],
    ['the place is missing', { to: '/nowhere/munge.key' }],
    ['the owner is not there yet', { owner: { user: 'no-such-user', group: 'root' } }],
    ['the source is something else', { sha256: sha256('another one') }],
  ])('never says any of the bytes: %s', async (_case, changed) => {
    const { action } = await given()
    const outcome = JSON.stringify(await outcomeOf({ ...action, ...changed }))
    expect(outcome).toMatch(/^\{"is":"(failed|stale)"/)
    for (const word of secret.split(' ')) expect(outcome).not.toContain(word)
    expect(outcome).not.toContain(Buffer.from(secret).toString('hex').slice(0, 16))
  })
})

describe('write-test', () => {
  test('proves that a mount can be written, and leaves nothing behind', async () => {
    // /dev/shm is a mount of its own on every Linux.
    const before = await readdir('/dev/shm')
    const action = { do: 'write-test', directory: '/dev/shm', whileMounted: '/dev/shm', because } as const
    expect(await outcomeOf(action)).toEqual(done)
    expect(await readdir('/dev/shm')).toEqual(before)
  })

  test('fails on a mount that cannot be written', async () => {
    const action = { do: 'write-test', directory: '/proc', whileMounted: '/proc', because } as const
    expect((await perform(action, signal)).is).toBe('failed')
  })

  test('is stale on a bare directory, and never writes to it', async () => {
    const directory = await temporaryDirectory()
    const before = await lstat(directory)
    const action = { do: 'write-test', directory, whileMounted: directory, because } as const
    expect(await outcomeOf(action)).toEqual(stale(`${directory} is no longer mounted`))
    expect((await lstat(directory)).mtimeMs).toBe(before.mtimeMs)
  })
})

describe('a guard by a mount', () => {
  test.each<(directory: string) => Action>([
    (directory) => ({ do: 'exec', argv: ['touch', join(directory, 'file')], because }),
    (directory) => ({ do: 'write', path: join(directory, 'file'), content: '', was: undefined, mode: 0o600, because }),
    (directory) => ({ do: 'mkdir', path: join(directory, 'file'), mode: 0o700, because }),
    (directory) => ({ do: 'remove', path: join(directory, 'kept'), because }),
    (directory) => ({ do: 'permit', path: join(directory, 'kept'), mode: 0o600, owner: root, because }),
    (directory) => ({ do: 'symlink', path: join(directory, 'file'), target: 'kept', because }),
    (directory) => ({ do: 'make-secret', directory, sizeBytes: 32, because }),
  ])('makes the action stale where nothing is mounted, and nothing is done (%#)', async (make) => {
    const directory = await temporaryDirectory()
    await writeFile(join(directory, 'kept'), '', { mode: 0o644 })
    const action = make(directory)
    const outcome = await perform({ ...action, whileMounted: directory }, signal)
    expect(outcome).toMatchObject({ is: 'stale', because: `${directory} is no longer mounted` })
    expect(await readdir(directory)).toEqual(['kept'])
    expect(await modeOf(join(directory, 'kept'))).toBe(0o644)
  })

  test('lets it through where something is', async () => {
    expect(await outcomeOf({ do: 'exec', argv: ['true'], whileMounted: '/proc', because })).toEqual(done)
  })
})
