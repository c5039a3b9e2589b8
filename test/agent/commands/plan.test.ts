import { rm } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { noThrowAwayRoot } from '../throw-away-root.ts'
import { apply, configPath, newAgent } from './agent.ts'

const plan = `plan --config ${configPath}`

describe.skipIf(noThrowAwayRoot !== undefined)('plan', () => {
  test('shows what apply would do, with diffs, and does none of it', async () => {
    const agent = await newAgent()
    const { exitCode, stdout, stderr } = await agent.run(`${plan} --detailed-exitcode`, 'changes')
    expect([exitCode, stderr, stdout.split('\n')]).toEqual([
      2,
      '',
      [
        '= hostname: frontend-server is 10.0.0.5',
        '~ first:',
        '    write /run/first    # it is not there',
        '      +done',
        '? second: known after first',
        '',
        'Plan: 1 as they should be, 1 to do, 1 known only after those.',
      ],
    ])
    await expect(agent.state()).rejects.toThrow('ENOENT')
    expect((await agent.run(plan, 'changes')).exitCode).toBe(0)
  })

  test('has nothing to do after apply, and sees what was undone since', async () => {
    const agent = await newAgent()
    await agent.run(apply, 'changes')
    expect((await agent.run(`${plan} --detailed-exitcode`, 'changes')).exitCode).toBe(0)
    await rm(agent.at('/run/second'))
    expect((await agent.run(`${plan} --detailed-exitcode`, 'changes')).exitCode).toBe(2)
  })

  test.each([
    ['refused', '', 1],
    ['refused', ' --detailed-exitcode', 1],
    ['waiting', '', 0],
    ['waiting', ' --detailed-exitcode', 2],
  ])('of a machine that is %s, with%s, ends with %d', async (machine, option, code) => {
    expect((await (await newAgent()).run(`${plan}${option}`, machine)).exitCode).toBe(code)
  })

  test('does not wait for a run that goes on', async () => {
    const agent = await newAgent()
    const run = agent.run(apply, 'waiting')
    await agent.reaches(({ steps }) => steps[1]?.state === 'waiting')
    expect((await agent.run(plan)).exitCode).toBe(0)
    run.kill()
    await run
  })
})
