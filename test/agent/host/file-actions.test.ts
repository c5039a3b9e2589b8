import { chown, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { writeFile as write } from '../../../agent/host/file-actions.ts'
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
