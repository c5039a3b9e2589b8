import { describe, expect, test } from 'vitest'
import type { Exec } from '../../src/engine/action.ts'
import { schedule } from '../../src/steps/schedule.ts'
import { fakeHost, signal } from '../fake-host.ts'
import { file } from './efs-machine.ts'
import { unitsShow } from './services.ts'
import { settle, smallMachine } from './small-machine.ts'

const path = '/etc/systemd/system/slurm-node-agent.timer.d/interval.conf'
const disabled = '/etc/slurm-node-agent/disabled'
const show = unitsShow('slurm-node-agent.timer')
const header = '# Made by slurm-node-agent from convergeIntervalSeconds.\n[Timer]\n'
const everyHalfHour = `${header}OnUnitInactiveSec=1800s\n`
const reload = { do: 'exec', argv: ['systemctl', 'daemon-reload'], because: 'unit files changed' }
const restart: Exec = {
  do: 'exec',
  argv: ['systemctl', 'restart', 'slurm-node-agent.timer'],
  because: 'the timer had run out before it had an interval',
}
const waiting = { needsReload: false, isElapsed: false }
const unread = { ...waiting, needsReload: true }
const elapsed = { ...waiting, isElapsed: true }
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
    ['has nothing to do', 1_800, everyHalfHour, waiting, { is: 'converged', because: 'every 1800 s' }],
    ['has nothing to do at boot only', 0, header, waiting, { is: 'converged', because: 'at boot only' }],
    ['sets the interval', 1_800, undefined, waiting, { is: 'act', actions: [write(everyHalfHour, undefined), reload] }],
    [
      'takes the interval away',
      0,
      everyHalfHour,
      waiting,
      { is: 'act', actions: [write(header, everyHalfHour), reload] },
    ],
    ['reloads what a run that was cut off has written', 1_800, everyHalfHour, unread, { is: 'act', actions: [reload] }],
    [
      'has an interval heeded that comes hours after the boot',
      1_800,
      undefined,
      elapsed,
      { is: 'act', actions: [write(everyHalfHour, undefined), reload, restart] },
    ],
    ['has one heeded that was not', 1_800, everyHalfHour, elapsed, { is: 'act', actions: [restart] }],
    [
      'leaves a timer that ran out and has no interval',
      0,
      header,
      elapsed,
      { is: 'converged', because: 'at boot only' },
    ],
  ])('%s', (_behaviour, convergeIntervalSeconds, dropIn, shown, decision) => {
    expect(schedule.decide({ convergeIntervalSeconds }, { dropIn, ...shown }, [])).toEqual(decision)
  })

  test.each([
    ['NeedDaemonReload=no\nSubState=waiting\n', waiting],
    ['NeedDaemonReload=yes\nSubState=waiting\n', unread],
    ['NeedDaemonReload=no\nSubState=elapsed\n', elapsed],
    ['NeedDaemonReload=no\nSubState=dead\n', waiting],
  ])('sees the drop-in, and how the timer is: %j', async (answer, shown) => {
    const host = fakeHost({ files: { [path]: 'x' }, stats: { [disabled]: undefined }, commands: { [show]: answer } })
    expect(await schedule.observe({ convergeIntervalSeconds: 60 }, host, signal)).toEqual({ dropIn: 'x', ...shown })
  })

  test('starts the timer once a run: nothing is gained where its service cannot run', () => {
    const seen = { dropIn: everyHalfHour, ...elapsed }
    const decision = schedule.decide({ convergeIntervalSeconds: 1_800 }, seen, [{ is: 'done', action: restart }])
    expect(decision).toEqual({ is: 'converged', because: 'every 1800 s' })
  })

  test('leaves the timer of a machine on which a person has switched the service off', async () => {
    const stats = { [disabled]: file }
    const host = fakeHost({
      files: { [path]: 'x' },
      stats,
      commands: { [show]: 'NeedDaemonReload=no\nSubState=elapsed\n' },
    })
    expect(await schedule.observe({ convergeIntervalSeconds: 60 }, host, signal)).toEqual({ dropIn: 'x', ...waiting })
  })

  test('has nothing left to do after it has acted', async () => {
    const machine = smallMachine({
      local: new Map(),
      script: { commands: { [show]: 'NeedDaemonReload=no\nSubState=waiting\n' } },
      run: () => undefined,
    })
    const decision = await settle(schedule, { convergeIntervalSeconds: 60 }, machine)
    expect(decision).toEqual({ is: 'converged', because: 'every 60 s' })
    expect(machine.done).toEqual([`write ${path}`, 'systemctl daemon-reload'])
  })
})
