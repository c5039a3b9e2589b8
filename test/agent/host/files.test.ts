import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { list, read, sha256, stat } from '../../../agent/host/files.ts'
import { idsOf, namesOf } from '../../../agent/host/owner.ts'
import { temporaryDirectory } from '../temporary-directory.ts'

describe('what is not there', () => {
  test.each([['/nowhere'], ['/etc/passwd/file']])('is told apart from an error: %s', async (path) => {
    expect([await read(path), await stat(path), await sha256(path), await list(path)]).toEqual([
      undefined,
      undefined,
      undefined,
      [],
    ])
  })

  test('is not what cannot be read', async () => {
    await expect(read('/etc')).rejects.toThrow('EISDIR')
    await expect(sha256('/etc')).rejects.toThrow('EISDIR')
  })
})

test('lists names in order', async () => {
  const directory = await temporaryDirectory()
  for (const name of ['b', '.a', 'B']) await writeFile(join(directory, name), '')
  expect(await list(directory)).toEqual(['.a', 'B', 'b'])
})

test('the fingerprint is that of the bytes', async () => {
  const path = join(await temporaryDirectory(), 'key')
  await writeFile(path, Buffer.from([0xff, 0, 1]))
  expect(await sha256(path)).toBe('942e1e2a66a427b6551732f758bc314f22b9cdec9365a3425c9184de299392b5')
})

describe('stat', () => {
  test('tells of a file', async () => {
    const path = join(await temporaryDirectory(), 'file')
    const before = Date.now()
    await writeFile(path, 'abc')
    await chmod(path, 0o4640)
    const seen = await stat(path)
    const owner = await namesOf(process.getuid?.() ?? -1, process.getgid?.() ?? -1)
    expect(seen).toEqual({ kind: 'file', mode: 0o4640, owner, sizeBytes: 3, changedAtMs: expect.any(Number) })
    expect(Math.abs((seen?.changedAtMs ?? 0) - before)).toBeLessThan(5_000)
  })

  test('tells of a link itself, with where it points as it is written', async () => {
    const directory = await temporaryDirectory()
    await symlink('../nowhere', join(directory, 'link'))
    expect(await stat(join(directory, 'link'))).toMatchObject({ kind: 'symlink', target: '../nowhere' })
  })

  test('tells of a directory and of a device', async () => {
    const directory = await temporaryDirectory()
    await mkdir(join(directory, 'sub'), { mode: 0o750 })
    expect(await stat(join(directory, 'sub'))).toMatchObject({ kind: 'directory', mode: 0o750 })
    expect(await stat('/dev/null')).toMatchObject({ kind: 'other', owner: 'root:root' })
  })
})

describe('owners', () => {
  test('have numbers by their names, and names by their numbers', async () => {
    expect(await idsOf({ user: 'root', group: 'daemon' })).toEqual({ uid: 0, gid: 1 })
    expect(await namesOf(0, 1)).toBe('root:daemon')
  })

  test('are numbers where they have no name', async () => {
    expect(await namesOf(4_000_000, 0)).toBe('4000000:root')
  })

  test('that are not there are an error', async () => {
    await expect(idsOf({ user: 'root', group: 'no-such-group' })).rejects.toThrow('/etc/group has no no-such-group')
  })
})
