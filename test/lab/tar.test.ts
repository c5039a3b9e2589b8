import { mkdir, writeFile } from 'node:fs/promises'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { temporaryDirectory } from '../agent/temporary-directory.ts'
import { filesIn } from './tar.ts'

test('the files of an archive come out by name, as they are', async () => {
  const directory = await temporaryDirectory()
  const files = [
    { name: 'empty', content: Buffer.alloc(0) },
    { name: 'one-block', content: Buffer.alloc(512, 'a') },
    { name: 'folder/of-bytes', content: Buffer.from(Array.from({ length: 1000 }, (_, index) => index % 256)) },
  ]
  await mkdir(`${directory}/folder`)
  for (const { name, content } of files) await writeFile(`${directory}/${name}`, content)
  const { stdout } = await execa('tar', ['--create', ...files.map(({ name }) => name)], {
    cwd: directory,
    encoding: 'buffer',
  })
  expect(filesIn(Buffer.from(stdout))).toEqual(files)
})
