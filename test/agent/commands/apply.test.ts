import { spawnSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { noThrowAwayRoot } from '../throw-away-root.ts'
import { type Agent, apply, configPath, goodConfig, newAgent } from './agent.ts'

const waits = (agent: Agent) => agent.reaches((run) => run.steps.some((step) => step.state === 'waiting'))

async function appears(agent: Agent, path: string): Promise<void> {
  await expect.poll(() => readFile(agent.at(path), 'utf8').catch(() => undefined), { timeout: 10_000 }).toBeDefined()
}

/** Lets the child of the machine `working` come to its end. */
const finish = (agent: Agent) => writeFile(agent.at('/run/finish'), '')

describe.skipIf(noThrowAwayRoot !== undefined)('apply', () => {
  test.each([
    ['good', 0, ''],
    ['degraded', 3, ''],
    [
      'refused',
      1,
      'slurm-node-agent: failed: data-volume (DISK_IS_ROOT); slurm-node-agent status and explain say more',
    ],
    ['late', 1, 'slurm-node-agent: failed: efs (EFS_PORT_CLOSED); slurm-node-agent status and explain say more'],
  ])('on a machine that is %s ends with %d', async (machine, code, said) => {
    const agent = await newAgent()
    const { exitCode, stderr } = await agent.run(apply, machine)
    expect([exitCode, stderr]).toEqual([code, said])
  })

  test('tells what happens as JSON lines, where there is no terminal', async () => {
    const agent = await newAgent()
    const { stdout } = await agent.run(apply, 'changes')
    const events = stdout.split('\n').map((line) => JSON.parse(line))
    expect(events.map(({ event, step, action }) => [event, step ?? action].join(' ').trim())).toEqual([
      'run-started',
      'step-started hostname',
      'step-started first',
      'step-ended hostname',
      'step-decided first',
      'action-started first',
      'action-ended first',
      'step-ended first',
      'step-started second',
      'step-decided second',
      'action-started second',
      'action-ended second',
      'step-ended second',
      'run-ended',
    ])
    expect(await readFile(agent.at('/var/log/slurm-node-agent/agent.jsonl'), 'utf8')).toBe(`${stdout}\n`)
  })

  test('run again does nothing', async () => {
    const agent = await newAgent()
    await agent.run(apply, 'changes')
    await agent.run(apply, 'changes')
    const { outcome, steps } = await agent.state()
    expect([outcome, steps.map(({ attempts, actions }) => [attempts, actions])]).toEqual([
      'converged',
      [
        [0, 0],
        [0, 0],
        [0, 0],
      ],
    ])
  })

  test('--only acts in the named steps, and looks at those before them', async () => {
    const agent = await newAgent()
    const blocked = await agent.run(`${apply} --only second`, 'changes')
    expect([blocked.exitCode, blocked.stderr]).toEqual([
      1,
      'slurm-node-agent: failed: second (needs first); slurm-node-agent status and explain say more',
    ])
    expect((await agent.run(`${apply} --only hostname first`, 'changes')).exitCode).toBe(0)
    expect((await agent.run(`${apply} --only second`, 'changes')).exitCode).toBe(0)
  })

  test.each([
    [`${apply} --only nothing`, 64, 'there is no step nothing; the steps are hostname; slurm-node-agent help'],
    [`${apply} hostname`, 64, 'unexpected argument hostname; slurm-node-agent help'],
    ['apply --config /nowhere', 78, '/nowhere is missing; write it, or name another with --config'],
  ])('%s ends with %d', async (args, code, said) => {
    const { exitCode, stderr, stdout } = await (await newAgent()).run(args)
    expect([exitCode, stderr, stdout]).toEqual([code, `slurm-node-agent: ${said}`, ''])
  })

  test('with a bad configuration touches nothing', async () => {
    const agent = await newAgent({ ...goodConfig, rol: 'frontend' })
    const { exitCode, stderr } = await agent.run(apply)
    expect([exitCode, stderr.split('\n')]).toEqual([
      78,
      [
        `slurm-node-agent: ${configPath} has 1 problem; nothing was changed; correct and try again:`,
        '  rol: is not known; did you mean "role"?',
      ],
    ])
    await expect(agent.state()).rejects.toThrow('ENOENT')
  })
})

describe.skipIf(noThrowAwayRoot !== undefined)('a second run', () => {
  test('is refused, with the name of the first and the next act', async () => {
    const agent = await newAgent()
    const first = agent.run(apply, 'waiting')
    const { pid } = await waits(agent)
    const { exitCode, stderr } = await agent.run(apply)
    expect(exitCode).toBe(75)
    expect(stderr).toMatch(
      new RegExp(`^slurm-node-agent: another run holds /run/slurm-node-agent.lock: apply, pid ${pid}, since \\S+Z; `),
    )
    expect(stderr).toMatch(/; follow it with: slurm-node-agent status --wait$/)
    first.kill()
    await first
  })

  test('finds the lock free once the first was killed', async () => {
    const agent = await newAgent()
    const first = agent.run(apply, 'waiting')
    await waits(agent)
    first.kill('SIGKILL')
    await first
    expect((await agent.run(apply)).exitCode).toBe(0)
  })

  test('finds it free even while a child of the first goes on', async () => {
    const agent = await newAgent()
    const first = agent.run(apply, 'working')
    await appears(agent, '/run/begun')
    first.kill('SIGKILL')
    await first
    expect((await agent.run(apply)).exitCode).toBe(0)
    await expect(readFile(agent.at('/run/ended'))).rejects.toThrow('ENOENT')
    await finish(agent)
    await appears(agent, '/run/ended') // the child was not ended with its agent
  })
})

describe.skipIf(noThrowAwayRoot !== undefined)('a signal', () => {
  test('ends the run with its code and its state even while reads hang, as on a dead share', async () => {
    const agent = await newAgent()
    spawnSync('mkfifo', [agent.at('/run/pipe')])
    const run = agent.run(apply, 'stuck')
    await agent.reaches(({ steps }) => steps[1]?.state === 'running')
    run.kill()
    const { exitCode, stderr } = await run
    expect([exitCode, stderr]).toEqual([
      1,
      'slurm-node-agent: interrupted; apply goes on from there: stopped by SIGTERM',
    ])
    expect((await agent.state()).outcome).toBe('interrupted')
  })

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('%s ends the run, with its state written', async (signal) => {
    const agent = await newAgent()
    const run = agent.run(apply, 'waiting')
    await waits(agent)
    run.kill(signal)
    const { exitCode, stderr } = await run
    expect([exitCode, stderr]).toEqual([
      1,
      `slurm-node-agent: interrupted; apply goes on from there: stopped by ${signal}`,
    ])
    const { outcome, endedAt, steps } = await agent.state()
    expect([outcome, endedAt !== undefined, steps.map(({ state }) => state)]).toEqual([
      'interrupted',
      true,
      ['converged', 'interrupted'],
    ])
  })

  test('lets what may not be interrupted end first, however often it comes', async () => {
    const agent = await newAgent()
    const run = agent.run(apply, 'working')
    await appears(agent, '/run/begun')
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGTERM'] as const) run.kill(signal)
    await sleep(500) // the signals have arrived
    await finish(agent)
    expect((await run).exitCode).toBe(1)
    expect(await readFile(agent.at('/run/ended'), 'utf8')).toBe('ended\n')
    expect((await agent.state()).steps.map(({ id, state, actions }) => [id, state, actions])).toEqual([
      ['packages', 'interrupted', 1],
      ['munge', 'blocked', 0],
    ])
  })
})

describe.skipIf(noThrowAwayRoot !== undefined)('a run goes on', () => {
  test('when nobody reads its output any more', async () => {
    const agent = await newAgent()
    await agent.start(['sh', '-c', '"$@" | true', 'sh', ...agent.argv(apply)], { STEPS: 'changes' })
    expect((await agent.state()).outcome).toBe('converged')
  })

  test('and makes directories that daemons can read, whatever the umask of the shell', async () => {
    const agent = await newAgent()
    await agent.start(['sh', '-c', 'umask 077; exec "$@"', 'sh', ...agent.argv(apply)], { STEPS: 'changes' })
    const { stdout } = await agent.start(['stat', '--format=%a', '/var/lib/slurm-node-agent'])
    expect(stdout).toBe('755')
  })
})
