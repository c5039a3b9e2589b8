import { stripVTControlCharacters } from 'node:util'
import { describe, expect, test } from 'vitest'
import { noThrowAwayRoot } from '../throw-away-root.ts'
import { type Agent, apply, newAgent } from './agent.ts'

/** The program on a terminal of 80 columns. */
async function onTerminal(
  agent: Agent,
  args: string,
  machine: string,
): Promise<{ code: number | undefined; screen: string }> {
  const command = `stty cols 80 rows 24; exec ${agent.argv(args).join(' ')}`
  const { exitCode, stdout } = await agent.start(['script', '-qec', command, '/dev/null'], {
    STEPS: machine,
    TERM: 'xterm-256color',
    NO_COLOR: '1',
  })
  return { code: exitCode, screen: stripVTControlCharacters(stdout).replaceAll('\r', '') }
}

describe.skipIf(noThrowAwayRoot !== undefined)('on a terminal', () => {
  test('apply shows each step while it runs, and in the end what went wrong', async () => {
    const { code, screen } = await onTerminal(await newAgent(), apply, 'late')
    expect(code).toBe(1)
    expect(screen).toMatch(/▸ efs +running +0\.\ds +looking\n/)
    expect(screen).toMatch(/◦ efs +waiting +0\.\ds\/0\.3s +EFS_PORT_CLOSED: 10\.0\.0\.9:2049 is closed\n/)
    const [last = ''] = screen.split('apply of ').slice(-1)
    expect(
      last
        .replaceAll(/ +0\.\ds/g, ' TIME')
        .split('\n')
        .slice(1),
    ).toEqual([
      '',
      '✓ hostname  converged TIME  frontend-server is 10.0.0.5',
      '✗ efs       failed TIME  EFS_PORT_CLOSED: 10.0.0.9:2049 is closed',
      'efs: EFS_PORT_CLOSED: 10.0.0.9:2049 is closed',
      "  -> Look at the mount target in the EFS console, and check that the address is the file system's (getent hosts with its name).",
      'slurm-node-agent explain EFS_PORT_CLOSED says more',
      'slurm-node-agent: failed: efs (EFS_PORT_CLOSED); slurm-node-agent status and explain say more',
      '',
    ])
  })

  test('apply prints no JSON', async () => {
    const { code, screen } = await onTerminal(await newAgent(), apply, 'changes')
    expect([code, screen.includes('{')]).toEqual([0, false])
  })

  test('no line is wider than the terminal', async () => {
    const agent = await newAgent()
    await agent.run(apply, 'late')
    const { screen } = await onTerminal(agent, 'status', 'late')
    const [table = ''] = screen.split('efs: EFS_PORT_CLOSED')
    expect(table.split('\n').filter((line) => line.length > 80)).toEqual([])
  })
})
