import { describe, expect, test } from 'vitest'
import type { ActionOutcome } from '../../src/engine/action.ts'
import { type ConfServer, confServerPath } from '../../src/steps/conf-server.ts'
import { held, holdPath } from '../../src/steps/holds.ts'
import { slurmd } from '../../src/steps/slurmd.ts'
import { jobConfiguration } from './configuration.ts'
import { running } from './services.ts'
import { localCgroup as localCgroupPath, local as localPath, shared } from './slurm-files.ts'
import { dropIn, topology, unit } from './slurmd-state.ts'

const defaultsPath = '/etc/default/slurmd'
const override = '/etc/systemd/system/slurmd.service.d/override.conf'
const pointingTo = (server: string) => `# Made by slurm-node-agent.
[Unit]
ConditionPathExists=
[Service]
Environment="SLURMD_OPTIONS=--conf-server ${server}"
`
const published = 'SlurmctldHost=frontend-server(10.0.0.5)\n'
const cgroup = 'ConstrainCores=yes\n'

const config = jobConfiguration({ slurm: { configless: true } })
const service = running(unit)
const confServer: ConfServer = {
  address: '10.0.0.5',
  trouble: undefined,
  fetched: 'this',
  optionsTaken: undefined,
  local: { files: {}, unsaved: [] },
}
const before = { files: { [localPath]: published, [localCgroupPath]: cgroup }, unsaved: [] }
const seen = {
  service,
  dropIn,
  confServerDropIn: pointingTo('10.0.0.5'),
  files: [undefined],
  address: '10.0.0.11',
  hardware: { ...topology, memoryMiB: 1979 },
  line: undefined,
  confServer,
  node: { state: 'IDLE', address: '10.0.0.11', reason: '', author: '' },
  hasMovedOn: false,
  lastWords: undefined,
}
const stopped = { service: { ...service, active: 'inactive' }, node: undefined, lastWords: '' }
const trouble = `the front end, whose slurmctld runs with another slurm.conf than ${shared}`
const systemctl = (because: string, ...args: string[]) => ({ do: 'exec', argv: ['systemctl', ...args], because })
const reload = systemctl('unit files changed', 'daemon-reload')
const act = (...actions: object[]) => ({ is: 'act', actions })
const restart = systemctl('it has fetched another slurm.conf, cgroup.conf or gres.conf', 'restart', unit)
const removal = (path: string) => ({ do: 'remove', path, because: 'it is fetched from slurmctld' })
const behind = (words = '') => ({
  is: 'converged',
  because: 'job-1 is IDLE',
  warnings: [
    {
      code: 'SHARE_MOVED_ON',
      text: `slurmd has fetched another slurm.conf, cgroup.conf or gres.conf than is on the share${words}`,
    },
  ],
})
const refusedFor = (path: string) => ({
  is: 'refuse',
  code: 'SLURMD_OPTIONS_TAKEN',
  because: `${path} sets SLURMD_OPTIONS, by which slurmd is to be told where it fetches slurm.conf`,
  hint: `take SLURMD_OPTIONS out of ${path}, or set slurm.configless to false`,
})
const notServed = { is: 'wait', code: 'SLURM_CONF_NOT_SERVED', for: trouble }
const point = (server: string, was: string | undefined) => ({
  do: 'write',
  path: confServerPath,
  content: pointingTo(server),
  was,
  mode: 0o644,
  because: 'slurmd is to fetch slurm.conf from slurmctld',
})

describe('slurmd that fetches slurm.conf', () => {
  test.each<[string, object, object]>([
    ['has nothing to do', {}, { is: 'converged', because: 'job-1 is IDLE' }],
    [
      'is told where it is, before it is let start',
      { ...stopped, service: { ...stopped.service, held: true }, confServerDropIn: undefined },
      act(point('10.0.0.5', undefined), reload),
    ],
    [
      'is told where it is, by the address of a front end that took the place of another',
      { confServerDropIn: pointingTo('10.0.0.4') },
      act(point('10.0.0.5', pointingTo('10.0.0.4')), reload),
    ],
    [
      'is restarted where that was told later',
      { files: [{ changedAtMs: service.startedAtMs + 1 }] },
      act(systemctl('it was started before its files changed', 'restart', unit)),
    ],
    [
      'is not started before slurmctld runs with the slurm.conf of the share',
      { ...stopped, confServer: { ...confServer, trouble, fetched: 'nothing' } },
      notServed,
    ],
    [
      'is started then',
      { ...stopped, confServer: { ...confServer, fetched: 'nothing' } },
      act(systemctl('it is inactive', 'start', unit)),
    ],
    [
      'runs on, and is told of, with another one than is on the share yet: scontrol reconfigure may have brought it',
      { confServer: { ...confServer, trouble, fetched: 'another' } },
      behind(`: ${trouble}`),
    ],
    [
      'is restarted once slurmctld runs with that of the share, as it tells nobody when it is restarted itself',
      { confServer: { ...confServer, fetched: 'another' } },
      act(restart),
    ],
    [
      'has its node taken back only once it runs with that of the share',
      {
        confServer: { ...confServer, trouble, fetched: 'another' },
        node: { ...seen.node, state: 'IDLE+DRAIN', reason: 'Low CPUs', author: 'slurm' },
      },
      {
        is: 'converged',
        because: 'job-1 is IDLE+DRAIN (Low CPUs)',
        warnings: [
          ...behind(`: ${trouble}`).warnings,
          { code: 'NODE_OUT_OF_SERVICE', text: 'job-1 is IDLE+DRAIN (Low CPUs)' },
        ],
      },
    ],
    [
      'is waited for with another one while its node is not up',
      { confServer: { ...confServer, trouble, fetched: 'another' }, node: { ...seen.node, state: 'IDLE*' } },
      { is: 'wait', code: 'NODE_NOT_UP', for: 'job-1 is IDLE*' },
    ],
    [
      'that must be started anew waits for slurmctld to run with that of the share',
      { confServer: { ...confServer, trouble }, files: [{ changedAtMs: service.startedAtMs + 1 }] },
      notServed,
    ],
    [
      'that need not be started waits for nobody',
      { service: { ...service, enabled: false }, confServer: { ...confServer, trouble } },
      act(systemctl('it must start at boot', 'enable', unit)),
    ],
    [
      'leaves none in /etc/slurm once it has fetched it',
      { confServer: { ...confServer, local: before } },
      act(removal(localPath), removal(localCgroupPath)),
    ],
    [
      'saves what is there of somebody else',
      {
        confServer: {
          ...confServer,
          local: { files: { [localPath]: 'A=b\n' }, unsaved: [{ path: localPath, copy: `${localPath}.saved` }] },
        },
      },
      act(
        {
          do: 'write',
          path: `${localPath}.saved`,
          content: 'A=b\n',
          was: undefined,
          mode: 0o600,
          because: `${localPath} holds what is not the agent's`,
        },
        removal(localPath),
      ),
    ],
    [
      'leaves what is there to the jobs of before',
      { confServer: { ...confServer, local: before }, node: { ...seen.node, state: 'MIXED' } },
      { is: 'converged', because: 'job-1 is MIXED' },
    ],
    [
      'leaves what is there while a job of before completes',
      { confServer: { ...confServer, local: before }, node: { ...seen.node, state: 'IDLE+COMPLETING' } },
      { is: 'converged', because: 'job-1 is IDLE+COMPLETING' },
    ],
    [
      'leaves what is there while it waits to be started',
      { ...stopped, confServer: { ...confServer, trouble, fetched: 'nothing', local: before } },
      notServed,
    ],
    [
      'leaves what is there while it waits to be started anew',
      {
        confServer: { ...confServer, trouble, fetched: 'another', local: before },
        files: [{ changedAtMs: service.startedAtMs + 1 }],
      },
      notServed,
    ],
    [
      'leaves what is there while it fetches',
      { confServer: { ...confServer, fetched: 'nothing', local: before }, lastWords: '' },
      { is: 'wait', code: 'SLURMD_NOT_RUNNING', for: 'slurmd.service is active; its last words: none' },
    ],
    [
      'leaves what is there while it has another one',
      { confServer: { ...confServer, trouble, fetched: 'another', local: before } },
      behind(`: ${trouble}`),
    ],
    [
      'leaves what is there where its options are taken',
      { confServer: { ...confServer, optionsTaken: { by: 'file', path: defaultsPath }, local: before } },
      refusedFor(defaultsPath),
    ],
    [
      'is not restarted before systemd has read its drop-in',
      { service: { ...service, needsReload: true }, confServer: { ...confServer, fetched: 'another' } },
      act(reload),
    ],
    [
      'is waited for while it fetches, in its words',
      { confServer: { ...confServer, fetched: 'nothing' }, lastWords: 'error: failed to load configs' },
      {
        is: 'wait',
        code: 'SLURMD_NOT_RUNNING',
        for: 'slurmd.service is active; its last words: error: failed to load configs',
      },
    ],
    [
      'is left alone while slurmctld is away, as it was',
      { node: { trouble: 'no answer' }, confServer: { ...confServer, trouble: 'no answer' } },
      { is: 'wait', code: 'SLURMCTLD_NOT_ANSWERING', for: 'no answer' },
    ],
    [
      'is not waited for where the front end has replaced the key meanwhile',
      {
        confServer: { ...confServer, trouble: 'no answer' },
        files: [{ changedAtMs: service.startedAtMs + 1 }],
        hasMovedOn: true,
      },
      {
        is: 'converged',
        because: 'no answer',
        warnings: [{ code: 'SHARE_MOVED_ON', text: 'the next run follows the front end' }],
      },
    ],
    [
      'is never done while it does not run',
      { ...stopped, confServer: { ...confServer, trouble: 'no answer', fetched: 'nothing' }, hasMovedOn: true },
      { is: 'wait', code: 'SLURM_CONF_NOT_SERVED', for: 'no answer' },
    ],
    [
      'is refused its options by somebody else',
      { confServer: { ...confServer, optionsTaken: { by: 'file', path: override } } },
      refusedFor(override),
    ],
    [
      'is refused its options by a command that does not take them',
      { confServer: { ...confServer, optionsTaken: { by: 'ExecStart' } } },
      {
        is: 'refuse',
        code: 'SLURMD_OPTIONS_TAKEN',
        because:
          'ExecStart of slurmd.service has no $SLURMD_OPTIONS, by which slurmd is to be told where it fetches slurm.conf',
        hint: 'put $SLURMD_OPTIONS there (systemctl cat slurmd shows where), or set slurm.configless to false',
      },
    ],
  ])('%s', (_what, changes, decision) => {
    expect(slurmd.decide(config, { ...seen, ...changes }, [])).toEqual(decision)
  })

  test('is restarted once in a run for that: what it fetches then is all that slurmctld has', () => {
    const found = { ...seen, confServer: { ...confServer, fetched: 'another' as const } }
    const past: ActionOutcome[] = [
      { is: 'done', action: { do: 'exec', argv: ['systemctl', 'restart', unit], because: '' } },
    ]
    expect(slurmd.decide(config, found, past)).toEqual(behind())
  })

  test('that runs with another one tells that its node is out of service, too', () => {
    const node = { ...seen.node, state: 'IDLE+DRAIN', reason: 'a disk' }
    const found = { ...seen, node, confServer: { ...confServer, trouble, fetched: 'another' as const } }
    expect(slurmd.decide(config, found, [])).toMatchObject({
      is: 'converged',
      warnings: [{ code: 'SHARE_MOVED_ON' }, { code: 'NODE_OUT_OF_SERVICE', text: 'job-1 is IDLE+DRAIN (a disk)' }],
    })
  })

  test('reads the one in /etc/slurm again once it is not to fetch any more, and is restarted by what is left of the drop-in', () => {
    const without = '# Made by slurm-node-agent: slurmd reads slurm.conf in /etc/slurm.\n'
    const write = { do: 'write', path: confServerPath, content: without, was: pointingTo('10.0.0.5'), mode: 0o644 }
    const copying = { ...seen, confServer: undefined }
    expect(slurmd.decide(jobConfiguration(), copying, [])).toEqual(
      act({ ...write, because: 'slurmd is to read slurm.conf in /etc/slurm' }, reload),
    )
    const written = { ...copying, confServerDropIn: without }
    expect(slurmd.decide(jobConfiguration(), written, [])).toEqual({ is: 'converged', because: 'job-1 is IDLE' })
  })

  test('has its condition dropped before it is held: systemd reads drop-ins in the order of their names', () => {
    const holds = held(unit).flatMap((rule) => (rule.is === 'file' && rule.path !== holdPath(unit) ? [rule.path] : []))
    expect(holds).toHaveLength(1)
    expect([...holds, confServerPath].toSorted()[0]).toBe(confServerPath)
  })
})
