import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, test } from 'vitest'
import { renderBlame } from '../../../agent/report/blame.ts'
import { renderCriticalChain } from '../../../agent/report/critical-chain.ts'
import type { RunState } from '../../../agent/report/run-state.ts'
import { renderTimeline } from '../../../agent/report/timeline.ts'
import { firstBoot } from '../report/first-boot.ts'
import { noThrowAwayRoot } from '../throw-away-root.ts'
import { type Agent, apply, newAgent } from './agent.ts'

const statePath = '/var/lib/slurm-node-agent/state.json'
const fixture = fileURLToPath(new URL('../../fixtures/state/first-boot.json', import.meta.url))
const unlimited = Number.POSITIVE_INFINITY

async function afterFirstBoot(): Promise<Agent> {
  const agent = await newAgent()
  await mkdir(agent.at(dirname(statePath)))
  await copyFile(fixture, agent.at(statePath))
  return agent
}

describe.skipIf(noThrowAwayRoot !== undefined)('analyze', () => {
  test.each([
    ['blame', renderBlame],
    ['critical-chain', renderCriticalChain],
    ['plot', renderTimeline],
  ])('%s shows the last run, uncut in a pipe', async (view, render) => {
    const { exitCode, stdout, stderr } = await (await afterFirstBoot()).run(`analyze ${view}`)
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(stdout.split('\n')).toEqual(render(firstBoot, new Date(), unlimited))
  })

  test.each([
    ['coloured', { TERM: 'xterm' }, true],
    ['plain with NO_COLOR', { TERM: 'xterm', NO_COLOR: '1' }, false],
  ] as const)('fits itself to a terminal, and is %s there', async (_how, env, isColoured) => {
    const agent = await afterFirstBoot()
    const command = `stty cols 60; exec ${agent.argv('analyze blame').join(' ')}`
    const { stdout } = await agent.start(['script', '-qec', command, '/dev/null'], env)
    expect(stdout.includes('\u001b[32m')).toBe(isColoured)
    const lines = stripVTControlCharacters(stdout).replaceAll('\r', '').trimEnd().split('\n')
    expect(lines).toEqual(renderBlame(firstBoot, new Date(), 60))
  })

  test.each(['blame', 'critical-chain'])('%s of a run that goes on says so', async (view) => {
    const agent = await newAgent()
    const run = agent.run(apply, 'waiting')
    await agent.reaches(({ steps }) => steps[1]?.state === 'waiting')
    const { exitCode, stdout } = await agent.run(`analyze ${view}`)
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('It still runs: the times are those up to now.')])
    expect(stdout).toMatch(/efs.*of it [\d.]+s waiting/)
    run.kill()
    await run
  })

  test('before the first run says what to do', async () => {
    const { exitCode, stderr } = await (await newAgent()).run('analyze blame')
    expect([exitCode, stderr]).toEqual([1, 'slurm-node-agent: there was no run yet: slurm-node-agent apply'])
  })

  test('critical-chain of a run that did not keep what came after what says what to do', async () => {
    const agent = await afterFirstBoot()
    const run: RunState = JSON.parse(await readFile(agent.at(statePath), 'utf8'))
    const steps = run.steps.map(({ after: _after, ...step }) => step)
    await writeFile(agent.at(statePath), JSON.stringify({ ...run, steps }))
    expect((await agent.run('analyze blame')).exitCode).toBe(0)
    const { exitCode, stderr } = await agent.run('analyze critical-chain')
    const problem = 'the run of version 0.1.0 does not tell what came after what; the next apply does'
    expect([exitCode, stderr]).toEqual([1, `slurm-node-agent: ${problem}`])
  })

  test.each([
    ['analyze', 'analyze takes one of blame, critical-chain, plot'],
    ['analyze time', 'analyze takes one of blame, critical-chain, plot'],
    ['analyze constructor', 'analyze takes one of blame, critical-chain, plot'],
    ['analyze blame efs', 'unexpected argument efs'],
    ['analyze plot --json', "Unknown option '--json'"],
  ])('%s is a usage error', async (args, problem) => {
    const { exitCode, stdout, stderr } = await (await newAgent()).run(args)
    expect([exitCode, stdout, stderr]).toEqual([64, '', expect.stringContaining(problem)])
  })
})
