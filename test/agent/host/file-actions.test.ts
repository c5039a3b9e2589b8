import { chown, readdir, readFile, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { writeFile as write, writeTest } from '../../../agent/host/file-actions.ts'
import { temporaryDirectory } from '../temporary-directory.ts'

const because = 'the test needs it'
const isRoot = process.getuid?.() === 0

describe('mode and owner of a file that is written', () => {
  const fstab = { do: 'write', content: 'new\n', was: 'old\n', mode: 0o644, keepsPermissions: true, because } as const

  test.runIf(isRoot)('are set where it is the agent’s own, whatever somebody has made of them', async () => {
    const path = join(await temporaryDirectory(), 'slurm.conf')
    await writeFile(path, 'old\n', { mode: 0o666 })
    await chown(path, 1, 1)
    expect(await write({ do: 'write', path, content: 'new\n', was: 'old\n', mode: 0o644, because })).toBeUndefined()
    expect(await stat(path)).toMatchObject({ mode: 0o100_644, uid: 0, gid: 0 })
  })

  test.runIf(isRoot)('stay where it is somebody else’s', async () => {
    const path = join(await temporaryDirectory(), 'fstab')
    await writeFile(path, 'old\n', { mode: 0o600 })
    await chown(path, 1, 2)
    expect(await write({ ...fstab, path })).toBeUndefined()
    expect(await stat(path)).toMatchObject({ mode: 0o100_600, uid: 1, gid: 2 })
    expect(await readFile(path, 'utf8')).toBe('new\n')
  })

  test('are those of the file that a link leads to', async () => {
    const directory = await temporaryDirectory()
    await writeFile(join(directory, 'real'), 'old\n', { mode: 0o600 })
    await symlink('real', join(directory, 'fstab'))
    expect(await write({ ...fstab, path: join(directory, 'fstab') })).toBeUndefined()
    expect(await stat(join(directory, 'real'))).toMatchObject({ mode: 0o100_600 })
  })

  test('are given to somebody else’s file where it was not there', async () => {
    const path = join(await temporaryDirectory(), 'fstab')
    expect(await write({ ...fstab, path, was: undefined })).toBeUndefined()
    expect(await stat(path)).toMatchObject({ mode: 0o100_644 })
  })
})

describe('the write test', () => {
  const tryIn = (directory: string) => writeTest({ do: 'write-test', directory, whileMounted: directory, because })
  const left = '.slurm-node-agent.write-test.'

  test('of many at once on one share leaves nothing, and none is in the way of another', async () => {
    const directory = await temporaryDirectory()
    const tests = Array.from({ length: 20 }, () => tryIn(directory))
    expect(await Promise.all(tests)).toEqual(tests.map(() => undefined))
    expect(await readdir(directory)).toEqual([])
  })

  test('leaves alone what another, of a process with the same number, is writing', async () => {
    const directory = await temporaryDirectory()
    await writeFile(join(directory, `${left}${process.pid}`), '')
    expect(await tryIn(directory)).toBeUndefined()
    expect(await readdir(directory)).toEqual([`${left}${process.pid}`])
  })

  test('removes what one has left that was killed long ago, and nothing of others', async () => {
    const directory = await temporaryDirectory()
    for (const name of [`${left}0123456789ab`, '.slurm-node-agent.write-test', 'data']) {
      await writeFile(join(directory, name), '')
      await utimes(join(directory, name), 0, 0)
    }
    expect(await tryIn(directory)).toBeUndefined()
    expect(await readdir(directory)).toEqual(['.slurm-node-agent.write-test', 'data'])
  })
})
