import {
  chmod,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  stat,
  symlink,
  utimes,
  watch,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { absentAs, replaceFile } from '../../../agent/host/replace-file.ts'
import { temporaryDirectory } from '../temporary-directory.ts'
import { noThrowAwayRoot, throwAwayRoot } from '../throw-away-root.ts'

const modeOf = async (path: string) => (await stat(path)).mode & 0o7777
const isRoot = process.getuid?.() === 0

describe('replaceFile', () => {
  test('makes a file, with its mode whatever the umask', async () => {
    const path = join(await temporaryDirectory(), 'file')
    const umask = process.umask(0o077)
    await replaceFile(path, 'new\n', { mode: 0o664 }).finally(() => process.umask(umask))
    expect([await readFile(path, 'utf8'), await modeOf(path)]).toEqual(['new\n', 0o664])
  })

  test('replaces a file whole: who has the old one open goes on reading the old one', async () => {
    const path = join(await temporaryDirectory(), 'file')
    await writeFile(path, 'old\n', { mode: 0o600 })
    const before = await stat(path)
    await replaceFile(path, 'new\n', { mode: 0o644 })
    expect((await stat(path)).ino).not.toBe(before.ino)
    expect([await readFile(path, 'utf8'), await modeOf(path)]).toEqual(['new\n', 0o644])
  })

  test('takes bytes as they are', async () => {
    const path = join(await temporaryDirectory(), 'file')
    await replaceFile(path, Buffer.from([0, 0xff, 0x0a]), { mode: 0o600 })
    expect([...(await readFile(path))]).toEqual([0, 0xff, 0x0a])
  })

  test.runIf(isRoot)('gives the file to its owner', async () => {
    const path = join(await temporaryDirectory(), 'file')
    await replaceFile(path, 'new\n', { mode: 0o640, ids: { uid: 12, gid: 34 } })
    expect(await stat(path)).toMatchObject({ uid: 12, gid: 34 })
    expect(await modeOf(path)).toBe(0o640)
  })

  test('follows a link, which stays', async () => {
    const directory = await temporaryDirectory()
    await mkdir(join(directory, 'real'))
    await writeFile(join(directory, 'real/file'), 'old\n')
    await symlink('real/file', join(directory, 'link'))
    await replaceFile(join(directory, 'link'), 'new\n', { mode: 0o644 })
    expect(await readlink(join(directory, 'link'))).toBe('real/file')
    expect(await readFile(join(directory, 'real/file'), 'utf8')).toBe('new\n')
    expect(await readdir(directory)).toEqual(['link', 'real'])
  })

  test.each([
    [
      'a link to /dev/null, by which somebody has switched it off',
      '/dev/null',
      'is a link to /dev/null, no regular file',
    ],
    ['a link to a directory', '.', 'no regular file'],
  ])('leaves alone %s', async (_what, target, words) => {
    const directory = await temporaryDirectory()
    await symlink(target, join(directory, 'link'))
    await expect(replaceFile(join(directory, 'link'), 'new\n', { mode: 0o644 })).rejects.toThrow(words)
    expect((await stat('/dev/null')).isCharacterDevice()).toBe(true)
    expect(await readdir(directory)).toEqual(['link'])
  })

  test('leaves nothing behind where it succeeds', async () => {
    const directory = await temporaryDirectory()
    await replaceFile(join(directory, 'file'), 'new\n', { mode: 0o644 })
    expect(await readdir(directory)).toEqual(['file'])
  })

  test('takes away what a write of an earlier boot has left, and nothing that another may be writing', async () => {
    const directory = await temporaryDirectory()
    const [left, writing] = ['.00000000000a.slurm-node-agent', '.00000000000b.slurm-node-agent']
    const others = ['.slurm-node-agent', '.x.slurm-node-agent', '00000000000a.slurm-node-agent']
    for (const name of [left, ...others]) {
      await writeFile(join(directory, name), '')
      await utimes(join(directory, name), 0, 0)
    }
    await writeFile(join(directory, writing), '')
    await replaceFile(join(directory, 'file'), 'new\n', { mode: 0o644 })
    expect((await readdir(directory)).toSorted()).toEqual([...others, writing, 'file'].toSorted())
  })

  test('is done by many at once in one directory', async () => {
    const directory = await temporaryDirectory()
    const names = Array.from({ length: 20 }, (_, index) => `file-${index}`)
    await Promise.all(names.map((name) => replaceFile(join(directory, name), name, { mode: 0o644 })))
    expect((await readdir(directory)).toSorted()).toEqual(names.toSorted())
  })

  test.runIf(isRoot)('leaves the old file as it is, and nothing else, where it fails', async () => {
    const directory = await temporaryDirectory()
    const path = join(directory, 'file')
    await writeFile(path, 'old\n')
    await chmod(path, 0o604)
    const before = await stat(path)
    await expect(replaceFile(path, 'new\n', { mode: 0o644, ids: { uid: -2, gid: 0 } })).rejects.toThrow()
    expect(await readdir(directory)).toEqual(['file'])
    expect(await readFile(path, 'utf8')).toBe('old\n')
    const { ino, mode, ctimeMs } = before
    expect(await stat(path)).toMatchObject({ ino, mode, ctimeMs })
  })

  test('leaves a directory that stands in the way as it is', async () => {
    const directory = await temporaryDirectory()
    await mkdir(join(directory, 'file'))
    await expect(replaceFile(join(directory, 'file'), 'new\n', { mode: 0o644 })).rejects.toThrow(
      'file is no regular file',
    )
    expect(await readdir(directory)).toEqual(['file'])
    expect((await lstat(join(directory, 'file'))).isDirectory()).toBe(true)
  })

  test('does not make directories', async () => {
    const path = join(await temporaryDirectory(), 'missing/file')
    await expect(replaceFile(path, 'new\n', { mode: 0o644 })).rejects.toThrow('ENOENT')
  })

  test('can never be read by others before it has its mode', async () => {
    const directory = await temporaryDirectory()
    const stop = new AbortController()
    const modes = new Set<number>()
    const watching = (async () => {
      for await (const { filename } of watch(directory, { signal: stop.signal })) {
        if (filename === null) continue
        const seen = await stat(join(directory, filename)).catch(absentAs(undefined))
        if (seen !== undefined) modes.add(seen.mode & 0o7777)
      }
    })().catch(() => undefined)
    for (let round = 0; round < 20; round++) await replaceFile(join(directory, 'key'), 'k'.repeat(1e6), { mode: 0o400 })
    stop.abort()
    await watching
    expect([0o400, 0o600]).toEqual(expect.arrayContaining([...modes]))
  })
})

describe.skipIf(noThrowAwayRoot !== undefined)('on a full disk', () => {
  test('the old file stays, whole, and nothing is left beside it', async () => {
    const root = await throwAwayRoot(['/srv'])
    const module = new URL('../../../agent/host/replace-file.ts', import.meta.url).href
    const program = `import { replaceFile } from ${JSON.stringify(module)}
      await replaceFile('/srv/file', 'x'.repeat(1e6), { mode: 0o644 }).catch((error) => console.log(error.code))`
    const script = `mount -t tmpfs -o size=64k none /srv && echo old >/srv/file && "$@"; ls -A /srv; cat /srv/file`
    const run = ['sh', '-c', script, 'sh', process.execPath, '--input-type=module', '--eval', program]
    expect((await root.start(run)).stdout.split('\n')).toEqual(['ENOSPC', 'file', 'old'])
  })
})

describe('absentAs', () => {
  test('stands in for a file that is not there, also where a part of its path is no directory', async () => {
    expect(await readFile('/nowhere/file').catch(absentAs('absent'))).toBe('absent')
    expect(await readFile('/etc/passwd/file').catch(absentAs('absent'))).toBe('absent')
  })

  test('stands in for what /proc held of a process that ended meanwhile', () => {
    const gone = Object.assign(new Error('no such process, read'), { code: 'ESRCH' })
    expect(absentAs('absent')(gone)).toBe('absent')
  })

  test('throws every other error on', async () => {
    await expect(readFile('/etc').catch(absentAs('absent'))).rejects.toThrow('EISDIR')
  })
})
