import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { rescanPci } from '../../../agent/host/pci.ts'
import { temporaryDirectory } from '../temporary-directory.ts'

test('a rescan is written into the file that is there, which is not replaced', async () => {
  const path = join(await temporaryDirectory(), 'rescan')
  await writeFile(path, '', { mode: 0o200 })
  const { ino } = await stat(path)
  expect(await rescanPci(path)).toBeUndefined()
  expect([await readFile(path, 'utf8'), (await stat(path)).ino]).toEqual(['1', ino])
})

test('a rescan fails where there is no PCI bus, and makes no file', async () => {
  const path = join(await temporaryDirectory(), 'rescan')
  await expect(rescanPci(path)).rejects.toThrow('ENOENT')
  await expect(stat(path)).rejects.toThrow('ENOENT')
})
