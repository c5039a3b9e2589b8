import { describe, expect, test } from 'vitest'
import { schedule } from '../../src/steps/schedule.ts'
import { fakeHost, signal } from '../fake-host.ts'
import { settle, smallMachine } from './small-machine.ts'

const path = '/etc/systemd/system/slurm-node-agent.timer.d/interval.conf'
const show = 'systemctl show --property=NeedDaemonReload slurm-node-agent.timer'
const header = '# Made by slurm-node-agent from convergeIntervalSeconds.\n[Timer]\n'
const everyHalfHour = `${header}OnUnitInactiveSec=1800s\n`
const reload = { do: 'exec', argv: ['systemctl', 'daemon-reload'], because: 'unit files changed' }
const write = (content: string, was: string | undefined) => ({
  do: 'write',
  path,
  content,
  was,
  mode: 0o644,
  because: 'the interval differs from the configuration',
})

describe('schedule', () => {
  test.each([
    ['has nothing to do', 1_800, everyHalfHour, false, { is: 'converged', because: 'every 1800 s' }],
    ['has nothing to do at boot only', 0, header, false, { is: 'converged', because: 'at boot only' }],
    ['sets the interval', 1_800, undefined, false, { is: 'act', actions: [write(everyHalfHour, undefined), reload] }],
    [
      'takes the interval away',
      0,
      everyHalfHour,
      false,
      { is: 'act', actions: [write(header, everyHalfHour), reload] },
    ],
    ['reloads what a run that was cut off has written', 1_800, everyHalfHour, true, { is: 'act', actions: [reload] }],
  ])('%s', (_behaviour, convergeIntervalSeconds, dropIn, needsReload, decision) => {
    expect(schedule.decide({ convergeIntervalSeconds }, { dropIn, needsReload }, [])).toEqual(decision)
  })

  test.each([
    ['no', false],
    ['yes', true],
  ])('sees the drop-in, and whether systemd has read it (NeedDaemonReload=%s)', async (answer, needsReload) => {
    const host = fakeHost({ files: { [path]: 'x' }, commands: { [show]: `NeedDaemonReload=${answer}\n` } })
    expect(await schedule.observe({ convergeIntervalSeconds: 60 }, host, signal)).toEqual({ dropIn: 'x', needsReload })
  })

  test('has nothing left to do after it has acted', async () => {
    const machine = smallMachine({
      local: new Map(),
      script: { commands: { [show]: 'NeedDaemonReload=no\n' } },
      run: () => undefined,
    })
    const decision = await settle(schedule, { convergeIntervalSeconds: 60 }, machine)
    expect(decision).toEqual({ is: 'converged', because: 'every 60 s' })
    expect(machine.done).toEqual([`write ${path}`, 'systemctl daemon-reload'])
  })
})
