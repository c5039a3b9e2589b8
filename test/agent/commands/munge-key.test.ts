import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const main = fileURLToPath(new URL('../../../agent/main.ts', import.meta.url))

test.each([
  [[], 'munge-key takes: rotate [--while-jobs-run]'],
  [['replace'], 'munge-key takes: rotate [--while-jobs-run]'],
  [['rotate', 'now'], 'unexpected argument now'],
])('munge-key %j is a usage error', (args, problem) => {
  const { status, stderr } = spawnSync(process.execPath, [main, 'munge-key', ...args], { encoding: 'utf8' })
  expect([status, stderr]).toEqual([64, `slurm-node-agent: ${problem}; slurm-node-agent help\n`])
})
