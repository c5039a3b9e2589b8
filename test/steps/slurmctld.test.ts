import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { ActionOutcome } from '../../src/engine/action.ts'
import type { FileStat } from '../../src/engine/host.ts'
import { slurmctld } from '../../src/steps/slurmctld.ts'
import { fakeHost, signal } from '../fake-host.ts'
import { configuration } from './configuration.ts'
import { running, serviceShow, serviceShown } from './services.ts'

/** Printed by scontrol 22.05.8 for root; by their sources, those of 21.08, 23.11, 24.11 and 25.11 print the same. */
const fixture = (name: string) => readFileSync(new URL(`../fixtures/slurm/${name}.txt`, import.meta.url), 'utf8')
const up = 'Slurmctld(primary) at frontend-server is UP'
const down = 'Slurmctld(primary) at frontend-server is DOWN'

const unit = 'slurmctld.service'
const config = configuration()
const service = running(unit)
const conf: FileStat = { kind: 'file', mode: 0o644, owner: 'root:root', sizeBytes: 900, changedAtMs: 0 }
const seen = {
  service,
  files: [conf, conf],
  ping: up,
  lastWords: undefined,
}
const act = (...actions: object[]) => ({ is: 'act', actions })
const systemctl = (because: string, ...args: string[]) => ({ do: 'exec', argv: ['systemctl', ...args], because })
const wait = (reason: string) => ({ is: 'wait', code: 'SLURMCTLD_NOT_UP', for: reason })
const start: ActionOutcome = { is: 'done', action: { do: 'exec', argv: ['systemctl', 'start', unit], because: '' } }
const newer = { ...conf, changedAtMs: service.startedAtMs + 1 }

describe('slurmctld', () => {
  test.each([
    ['has nothing to do', {}, [], { is: 'converged', because: up }],
    [
      'loads a drop-in that a run that was cut off has written',
      { service: { ...service, needsReload: true } },
      [],
      act(systemctl('unit files changed', 'daemon-reload')),
    ],
    [
      'restarts a daemon that is staler than slurm.conf',
      { files: [newer, conf] },
      [],
      act(systemctl('it was started before its files changed', 'restart', unit)),
    ],
    [
      'restarts a daemon that is staler than cgroup.conf',
      { files: [conf, newer] },
      [],
      act(systemctl('it was started before its files changed', 'restart', unit)),
    ],
    [
      'starts a daemon that was killed',
      { service: { ...service, active: 'failed' }, ping: undefined, lastWords: 'fatal: x' },
      [],
      act(systemctl('it failed', 'reset-failed', unit), systemctl('it failed', 'start', unit)),
    ],
    [
      'waits for an answer, with the last words of the daemon',
      { ping: down, lastWords: 'error: slurm_set_addr: Unable to resolve "job-1"' },
      [start],
      wait(`${down}; its last words: error: slurm_set_addr: Unable to resolve "job-1"`),
    ],
    [
      'tells the last words of a daemon that keeps dying',
      {
        service: { ...service, active: 'failed' },
        ping: undefined,
        lastWords: "fatal: Can't find plugin for select/nosuch",
      },
      [start, start, start],
      wait("slurmctld.service is failed; its last words: fatal: Can't find plugin for select/nosuch"),
    ],
    [
      'tells of one that does not even start, as without slurm.conf, and says nothing',
      { service: { ...service, active: 'inactive' }, files: [undefined, undefined], ping: undefined, lastWords: '' },
      [start, start, start],
      wait('slurmctld.service is inactive; its last words: none'),
    ],
    [
      'waits while it starts',
      { service: { ...service, active: 'activating' }, ping: undefined, lastWords: 'slurmctld version 22.05.8' },
      [],
      wait('slurmctld.service is activating; its last words: slurmctld version 22.05.8'),
    ],
  ])('%s', (_behaviour, changed, past, decision) => {
    expect(slurmctld.decide(config, { ...seen, ...changed }, past)).toEqual(decision)
  })

  const files = {
    stats: { '/etc/slurm/slurm.conf': conf, '/etc/slurm/cgroup.conf': undefined },
  }
  const tail = 'tail --lines=5 /var/log/slurm/slurmctld.log'
  const journal = `journalctl --unit=${unit} --lines=5 --output=cat --no-pager --quiet`

  test('asks a daemon that answers for nothing else', async () => {
    const commands = { [serviceShow(unit)]: serviceShown('active'), 'scontrol ping': fixture('scontrol-ping-up') }
    const found = await slurmctld.observe(config, fakeHost({ ...files, commands }), signal)
    expect(found).toEqual({ ...seen, files: [conf, undefined] })
  })

  test('reads the log and the journal of one that does not', async () => {
    const commands = {
      [serviceShow(unit)]: serviceShown('active'),
      'scontrol ping': { exitCode: 1, stdout: fixture('scontrol-ping-down') },
      [tail]: 'error: a\nfatal: b\n',
      [journal]: 'slurmctld: fatal: b\n',
    }
    const found = await slurmctld.observe(config, fakeHost({ ...files, commands }), signal)
    expect(found).toEqual({
      ...seen,
      files: [conf, undefined],
      ping: down,
      lastWords: 'error: a; fatal: b; slurmctld: fatal: b',
    })
  })

  test('does not ping a daemon that is not active, and does not need its log', async () => {
    const commands = {
      [serviceShow(unit)]: serviceShown('inactive'),
      [tail]: { exitCode: 1, stderr: "tail: cannot open '/var/log/slurm/slurmctld.log' for reading" },
      [journal]: '',
    }
    const found = await slurmctld.observe(config, fakeHost({ ...files, commands }), signal)
    const stopped = { ...service, active: 'inactive', startedAtMs: undefined }
    expect(found).toEqual({ ...seen, service: stopped, files: [conf, undefined], ping: undefined, lastWords: '' })
  })

  test('has systemd start it behind its state, Munge and the key of the cluster alone', () => {
    const state = configuration({ slurm: { stateSaveLocation: '/mnt/work/state' } })
    expect(slurmctld.units?.(state)).toMatchObject([
      {
        is: 'drop-in',
        unit,
        settings: [
          'RequiresMountsFor=/mnt/work/state',
          'Wants=munge.service',
          'After=munge.service',
          'ConditionPathExists=/var/lib/slurm-node-agent/munge-key.sha256',
        ],
      },
    ])
  })
})
