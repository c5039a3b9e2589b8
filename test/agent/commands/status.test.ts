import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { describe, expect, test } from 'vitest'
import { noThrowAwayRoot } from '../throw-away-root.ts'
import { apply, newAgent } from './agent.ts'

const statePath = '/var/lib/slurm-node-agent/state.json'

/** A run that is halted as if it had only the lock yet: the state is that of the run before, which went well. */
async function withTheLockAlone() {
  const agent = await newAgent()
  await agent.run(apply, 'good')
  const before = await readFile(agent.at(statePath))
  const run = agent.run(apply, 'late')
  await agent.reaches(({ outcome }) => outcome === 'running')
  run.kill('SIGSTOP')
  await writeFile(agent.at(statePath), before)
  return { agent, run }
}

describe.skipIf(noThrowAwayRoot !== undefined)('status', () => {
  test('before the first run says what to do', async () => {
    const { exitCode, stdout, stderr } = await (await newAgent()).run('status')
    expect([exitCode, stdout, stderr]).toEqual([
      1,
      '',
      'slurm-node-agent: there was no run yet: slurm-node-agent apply',
    ])
  })

  test('of half a state file is an error with the next act', async () => {
    const agent = await newAgent()
    await mkdir(agent.at(dirname(statePath)))
    await writeFile(agent.at(statePath), '{"runId": "r1", "st')
    const { exitCode, stderr } = await agent.run('status')
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/^slurm-node-agent: \S+state.json is damaged; the next apply writes it anew: .*JSON/)
  })

  test.each([
    ['good', 0],
    ['degraded', 3],
    ['refused', 1],
    ['late', 1],
  ])('of a run that was %s ends with %d', async (machine, code) => {
    const agent = await newAgent()
    await agent.run(apply, machine)
    expect((await agent.run('status')).exitCode).toBe(code)
    expect((await agent.run('status --wait')).exitCode).toBe(code)
  })

  test('shows each step, and at the end what went wrong and how to mend it', async () => {
    const agent = await newAgent()
    await agent.run(apply, 'refused')
    const { stdout } = await agent.run('status')
    const lines = stdout.replaceAll(/ +\d\.\ds/g, ' TIME').split('\n')
    expect(lines).toEqual([
      expect.stringMatching(/^apply of \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC: failed after TIME$/),
      '',
      '✓ hostname     converged TIME  frontend-server is 10.0.0.5',
      '✗ data-volume  refused TIME  DISK_IS_ROOT: it carries /',
      '- nfs-export   blocked           needs data-volume',
      'data-volume: DISK_IS_ROOT: it carries /',
      '  -> correct it',
      'slurm-node-agent explain DISK_IS_ROOT says more',
    ])
  })

  test('--json prints the state as it is kept', async () => {
    const agent = await newAgent()
    await agent.run(apply, 'late')
    expect(JSON.parse((await agent.run('status --json')).stdout)).toEqual(await agent.state())
  })

  test('of a run that goes on is no failure', async () => {
    const agent = await newAgent()
    const run = agent.run(apply, 'waiting')
    await agent.reaches(({ steps }) => steps[1]?.state === 'waiting')
    const { exitCode, stdout } = await agent.run('status')
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('EFS_PORT_CLOSED: 10.0.0.9:2049 is closed')])
    run.kill()
    await run
  })

  test('of a run whose process died is interrupted', async () => {
    const agent = await newAgent()
    const run = agent.run(apply, 'waiting')
    await agent.reaches(({ steps }) => steps[1]?.state === 'waiting')
    run.kill('SIGKILL')
    await run
    const { exitCode, stdout } = await agent.run('status')
    expect([exitCode, stdout]).toEqual([1, expect.stringMatching(/UTC: interrupted after [\d.]+s\n/)])
    expect(JSON.parse((await agent.run('status --json')).stdout).steps).toMatchObject([
      { id: 'hostname', state: 'converged' },
      { id: 'efs', state: 'interrupted', code: 'EFS_PORT_CLOSED' },
    ])
  })

  test.each([
    ['SIGTERM', 'ends', 1],
    ['SIGKILL', 'dies', 1],
  ] as const)('--wait ends when the run does: after %s it %s', async (signal, _how, code) => {
    const agent = await newAgent()
    const run = agent.run(apply, 'waiting')
    await agent.reaches(({ steps }) => steps[1]?.state === 'waiting')
    const waiting = agent.run('status --wait')
    setTimeout(() => run.kill(signal), 1_000)
    const { exitCode, stdout } = await waiting
    expect([exitCode, stdout]).toEqual([code, expect.stringContaining('UTC: interrupted after')])
    await run
  })

  test('--wait waits for a run that has only the lock yet', async () => {
    const { agent, run } = await withTheLockAlone()
    const waiting = agent.run('status --wait')
    setTimeout(() => run.kill('SIGCONT'), 1_500)
    expect((await waiting).stdout).toMatch(/UTC: failed after/)
    await run
  })

  test('--wait does not take the run before for one that was killed before it wrote a word', async () => {
    const { agent, run } = await withTheLockAlone()
    const waiting = agent.run('status --wait')
    setTimeout(() => run.kill('SIGKILL'), 1_500)
    const { exitCode, stderr } = await waiting
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringMatching(/a run ended and left no word of itself \(apply, pid /),
    ])
    await run
  })

  test('--wait can be stopped itself', async () => {
    const agent = await newAgent()
    const run = agent.run(apply, 'waiting')
    await agent.reaches(({ steps }) => steps[1]?.state === 'waiting')
    const waiting = agent.run('status --wait')
    setTimeout(() => waiting.kill('SIGINT'), 1_000)
    const { exitCode, stderr } = await waiting
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('stopped by SIGINT')])
    expect((await agent.state()).outcome).toBe('running')
    run.kill()
    await run
  })
})
