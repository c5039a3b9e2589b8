import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { deviceWriter } from '../../../agent/host/device-writer.ts'
import { heldOpen } from '../../held-open.ts'

test('a file that is no device, and has the number 0:0, is none that is written', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'slurm-node-agent-'))
  await using _writer = await heldOpen(join(folder.path, 'file'), 'w')
  expect(await deviceWriter(['0:0'])).toBeUndefined()
})

test('a character device is no block device of the same number', async () => {
  await using _writer = await heldOpen('/dev/null', 'w')
  expect(await deviceWriter(['1:3'])).toBeUndefined()
})
