import { mkdtempDisposable, open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { deviceWriter } from '../../../agent/host/device-writer.ts'
import { heldOpen } from '../../held-open.ts'

test.each(['w', 'a', 'w+'])('finds who has it open for writing (%s), until that has ended', async (flags) => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'slurm-node-agent-'))
  const path = join(folder.path, 'disk')
  {
    await using writer = await heldOpen(path, flags)
    expect(await deviceWriter(['/dev/none', path])).toBe(`sleep (pid ${writer.pid})`)
  }
  expect(await deviceWriter([path])).toBeUndefined()
})

test('takes no notice of who reads it, of who writes something else, and of itself', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'slurm-node-agent-'))
  const path = join(folder.path, 'disk')
  await using _own = await open(path, 'w')
  await using _reader = await heldOpen(path, 'r')
  await using _elsewhere = await heldOpen(join(folder.path, 'other'), 'w')
  expect(await deviceWriter([path])).toBeUndefined()
})
