import { symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { describe, expect, test } from 'vitest'
import { logTail } from '../../../agent/host/log-tail.ts'
import { temporaryDirectory } from '../temporary-directory.ts'

const inDirectory = async () => join(await temporaryDirectory(), 'slurmctld.log')

describe('the end of a log', () => {
  test.each([
    ['', ''],
    ['a\n', 'a\n'],
    ['a\nb\nc\n', 'b\nc\n'],
    ['a\nb\nc', 'b\nc'],
  ])('of %j is %j', async (text, end) => {
    const path = await inDirectory()
    await writeFile(path, text)
    expect(await logTail(path, 2)).toBe(end)
  })

  test('is empty where there is none', async () => {
    expect(await logTail(await inDirectory(), 2)).toBe('')
  })

  test('is found without reading all that is before it', async () => {
    const path = await inDirectory()
    await writeFile(path, '')
    await truncate(path, 2 ** 40)
    await writeFile(path, '\na\nb\n', { flag: 'a' })
    expect(await logTail(path, 2)).toBe('a\nb\n')
  })

  test('is not looked for where a link leads', async () => {
    const path = await inDirectory()
    await writeFile(`${path}.secret`, 'secret\n')
    await symlink(`${path}.secret`, path)
    await expect(logTail(path, 2)).rejects.toThrow('ELOOP')
  })

  test('is not waited for where a pipe is', async () => {
    const path = await inDirectory()
    await execa('mkfifo', [path])
    await expect(logTail(path, 2)).rejects.toThrow(`${path} is no regular file`)
  })
})
