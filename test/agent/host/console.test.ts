import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { writeConsole } from '../../../agent/host/console.ts'
import { temporaryDirectory } from '../temporary-directory.ts'

async function pipe(): Promise<string> {
  const path = join(await temporaryDirectory(), 'console')
  spawnSync('mkfifo', [path])
  return path
}

test('a line stands on its own', async () => {
  const path = await pipe()
  const reader = createReadStream(path, 'utf8')
  const text = once(reader, 'data')
  await expect.poll(() => writeConsole('slurm-node-agent: converged', path)).toBeUndefined()
  expect(await text).toEqual(['\nslurm-node-agent: converged\n'])
  reader.destroy()
})

test('a console that nobody reads is not waited for', async () => {
  await expect(writeConsole('a line', await pipe())).rejects.toThrow('ENXIO')
})

test('a machine without a console does not get a file in its place', async () => {
  const path = join(await temporaryDirectory(), 'console')
  await expect(writeConsole('a line', path)).rejects.toThrow('ENOENT')
  await expect(stat(path)).rejects.toThrow('ENOENT')
})
