import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const main = fileURLToPath(new URL('../../../agent/main.ts', import.meta.url))

test.each([
  [[]],
  [['consent']],
  [['consent', 'vol-0123456789abcdef0']],
  [['consent', '--findings', '0123456789abcdef']],
  [['erase', 'vol-0123456789abcdef0', '--findings', '0123456789abcdef']],
])('disk %j is a usage error', (args) => {
  const { status, stderr } = spawnSync(process.execPath, [main, 'disk', ...args], { encoding: 'utf8' })
  expect([status, stderr]).toEqual([
    64,
    'slurm-node-agent: disk takes: consent VOLUME --findings HASH, as the refusal of the volume writes it out; slurm-node-agent help\n',
  ])
})
