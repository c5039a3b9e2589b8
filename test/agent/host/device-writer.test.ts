import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempDisposable, open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { deviceWriter } from '../../../agent/host/device-writer.ts'

/** A process that has the file open so. */
async function opened(path: string, flags: string) {
  await using handle = await open(path, flags)
  const child = spawn('sleep', ['infinity'], { stdio: ['ignore', handle.fd, 'ignore'] })
  await once(child, 'spawn')
  return {
    pid: child.pid,
    async [Symbol.asyncDispose]() {
      child.kill()
      await once(child, 'exit')
    },
  }
}

test.each(['w', 'a', 'w+'])('finds who has it open for writing (%s), until that has ended', async (flags) => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'slurm-node-agent-'))
  const path = join(folder.path, 'disk')
  {
    await using writer = await opened(path, flags)
    expect(await deviceWriter(['/dev/none', path])).toBe(`sleep (pid ${writer.pid})`)
  }
  expect(await deviceWriter([path])).toBeUndefined()
})

test('takes no notice of who reads it, of who writes something else, and of itself', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'slurm-node-agent-'))
  const path = join(folder.path, 'disk')
  await using _own = await open(path, 'w')
  await using _reader = await opened(path, 'r')
  await using _elsewhere = await opened(join(folder.path, 'other'), 'w')
  expect(await deviceWriter([path])).toBeUndefined()
})
