import { spawnSync } from 'node:child_process'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { noThrowAwayRoot } from '../throw-away-root.ts'
import { type Agent, configPath, goodConfig, newAgent } from './agent.ts'

const main = fileURLToPath(new URL('../../../agent/main.ts', import.meta.url))
const bake = `bake --config ${configPath}`

const left = async (agent: Agent) => ({
  state: await readdir(agent.at('/var/lib/slurm-node-agent')).catch(() => []),
  log: await readdir(agent.at('/var/log')),
})

describe.skipIf(noThrowAwayRoot !== undefined)('bake', () => {
  test('leaves no state and no log of the run, which it has told of', async () => {
    const agent = await newAgent()
    const { exitCode, stdout, stderr } = await agent.run(bake, 'changes')
    expect([exitCode, stderr]).toEqual([0, ''])
    const lines = stdout.split('\n')
    expect(lines.at(-1)).toMatch(/^Baked: /)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ event: 'run-started', command: 'bake' })
    expect(await left(agent)).toEqual({ state: [], log: [] })
  })

  test.each([
    [
      'refused',
      1,
      'slurm-node-agent: failed: data-volume (DISK_IS_ROOT); slurm-node-agent status and explain say more',
    ],
    ['degraded', 3, ''],
  ])('on a machine that is %s ends with %d, and status tells of it', async (machine, code, said) => {
    const agent = await newAgent()
    const { exitCode, stdout, stderr } = await agent.run(bake, machine)
    expect([exitCode, stderr]).toEqual([code, said])
    expect(stdout).not.toContain('Baked')
    expect(await left(agent)).toEqual({ state: ['state.json'], log: ['slurm-node-agent'] })
  })

  test.each([
    ['the key of a cluster', '/var/lib/slurm-node-agent/munge-key.sha256'],
    ['a configuration of Slurm, whoever wrote it', '/etc/slurm/slurm.conf'],
  ])('refuses a machine that has %s, and does nothing', async (_what, record) => {
    const agent = await newAgent(goodConfig, ['/etc'])
    for (const name of ['passwd', 'group']) await writeFile(agent.at(`/etc/${name}`), '') // the log looks for its owner
    await mkdir(agent.at(dirname(record)), { recursive: true })
    await writeFile(agent.at(record), 'a'.repeat(64))
    const before = await left(agent)
    const { exitCode, stdout, stderr } = await agent.run(bake, 'changes')
    const said = `not baked: this machine has a role, as ${record} says; bake on a new instance without user data`
    expect([exitCode, stdout, stderr]).toEqual([1, '', `slurm-node-agent: ${said}`])
    expect(await left(agent)).toEqual(before)
  })
})

test.each([
  [[], 'bake takes: --config FILE, a configuration of instances that are to start from the image'],
  [['--config', 'a', 'b'], 'unexpected argument b'],
])('bake %j is a usage error', (args, problem) => {
  const { status, stderr } = spawnSync(process.execPath, [main, 'bake', ...args], { encoding: 'utf8' })
  expect([status, stderr]).toEqual([64, `slurm-node-agent: ${problem}; slurm-node-agent help\n`])
})
