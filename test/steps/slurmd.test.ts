import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { ActionOutcome } from '../../src/engine/action.ts'
import type { FileStat } from '../../src/engine/host.ts'
import { confServerPath } from '../../src/steps/conf-server.ts'
import { holdPath } from '../../src/steps/holds.ts'
import { slurmd } from '../../src/steps/slurmd.ts'
import { fakeHost, type Script, signal } from '../fake-host.ts'
import { jobConfiguration } from './configuration.ts'
import { running, unitsShow, unitsShown } from './services.ts'
import { dropIn, dropInPath, topology, unit } from './slurmd-state.ts'

const fixture = (name: string) => readFileSync(new URL(`../fixtures/slurm/${name}.txt`, import.meta.url), 'utf8')

const config = jobConfiguration()
const service = running(unit)
const conf: FileStat = { kind: 'file', mode: 0o644, owner: 'root:root', sizeBytes: 900, changedAtMs: 0 }
const newer = { ...conf, changedAtMs: service.startedAtMs + 1 }
const line = { names: 'job-1', address: '10.0.0.11', ...topology, memoryMiB: 1500 }
const node = { state: 'IDLE', address: '10.0.0.11', reason: '', author: '' }
const seen = {
  service,
  dropIn,
  confServerDropIn: undefined,
  files: [undefined, conf, conf, undefined],
  address: '10.0.0.11',
  hardware: { ...topology, memoryMiB: 1979 },
  line,
  confServer: undefined,
  node,
  hasMovedOn: false,
  lastWords: undefined,
}
const lowCpus = 'Low socket*core*thread count, Low CPUs'
const stopped = { node: undefined, lastWords: 'slurmd: fatal: no cgroups' }
const systemctl = (because: string, ...args: string[]) => ({ do: 'exec', argv: ['systemctl', ...args], because })
const act = (...actions: object[]) => ({ is: 'act', actions })
const start: ActionOutcome = { is: 'done', action: { do: 'exec', argv: ['systemctl', 'start', unit], because: '' } }

describe('slurmd', () => {
  test.each<[string, object, object]>([
    ['has nothing to do', {}, { is: 'converged', because: 'job-1 is IDLE' }],
    [
      'ties the daemon to the shared volume before it lets it start',
      { ...stopped, dropIn: undefined, service: { ...service, active: 'inactive', held: true } },
      act(
        {
          do: 'write',
          path: dropInPath,
          content: dropIn,
          was: undefined,
          mode: 0o644,
          because: 'jobs must find the shared volume and the share',
        },
        systemctl('unit files changed', 'daemon-reload'),
      ),
    ],
    [
      'lets it start',
      { ...stopped, service: { ...service, active: 'inactive', held: true } },
      act(
        {
          do: 'remove',
          path: holdPath(unit),
          because: `${unit} was held from starting before it was configured`,
        },
        systemctl('it is inactive', 'start', unit),
      ),
    ],
    [
      'restarts it when slurm.conf is newer',
      { files: [undefined, newer, conf, undefined] },
      act(systemctl('it was started before its files changed', 'restart', unit)),
    ],
    [
      'restarts it when gres.conf is newer',
      { files: [undefined, conf, conf, newer] },
      act(systemctl('it was started before its files changed', 'restart', unit)),
    ],
    [
      'waits for slurmctld to answer, in its words',
      { node: { trouble: 'slurm_load_node error: Unable to contact slurm controller (connect failure)' } },
      {
        is: 'wait',
        code: 'SLURMCTLD_NOT_ANSWERING',
        for: 'slurm_load_node error: Unable to contact slurm controller (connect failure)',
      },
    ],
    [
      'waits for slurmctld to have its address',
      { node: { ...node, address: '192.0.2.1' } },
      { is: 'wait', code: 'NODE_NOT_UP', for: 'job-1 is IDLE, at 192.0.2.1 and not at 10.0.0.11' },
    ],
    [
      'does not wait where the front end has changed something meanwhile',
      { node: { trouble: 'Unable to contact slurm controller' }, hasMovedOn: true },
      {
        is: 'converged',
        because: 'Unable to contact slurm controller',
        warnings: [{ code: 'SHARE_MOVED_ON', text: 'the next run follows the front end' }],
      },
    ],
    ...[
      ['IDLE+DRAIN', 'bad fan'],
      ['DOWN', 'set by hand'],
      ['IDLE+FAIL', ''],
    ].map(([state = '', reason = '']): [string, object, object] => [
      `tells of a node that is ${state}`,
      { node: { ...node, state, reason } },
      {
        is: 'converged',
        warnings: [{ code: 'NODE_OUT_OF_SERVICE' }],
        because: `job-1 is ${state}${reason && ` (${reason})`}`,
      },
    ]),
    ...[
      ['IDLE+DRAIN', lowCpus],
      ['MIXED+DRAIN', 'Low RealMemory (reported:3500 < 100.00% of configured:3800)'],
      ['IDLE+DRAIN', 'gres/zero count reported lower than configured (0 < 1)'],
    ].map(([state = '', reason = '']): [string, object, object] => [
      `takes a node back that is ${state} for ${reason}`,
      { node: { ...node, state, reason, author: 'slurm' } },
      act({
        do: 'exec',
        argv: [
          'scontrol',
          'update',
          'NodeName=job-1',
          'State=RESUME',
          'Reason=Not responding with too little any more',
        ],
        because: `slurmctld has drained it, and it has enough by now: ${reason}`,
      }),
    ]),
    ...[
      ['IDLE+DRAIN', lowCpus, 'root'],
      ['IDLE+DRAIN', 'Kill task failed', 'slurm'],
      ['IDLE+DRAIN', 'bad fan, Low on oil', 'slurm'],
      ['DOWN+DRAIN', lowCpus, 'slurm'],
      ['IDLE+DRAIN+FAIL', lowCpus, 'slurm'],
      ['IDLE+DRAIN+REBOOT_REQUESTED', lowCpus, 'slurm'],
    ].map(([state = '', reason = '', author = '']): [string, object, object] => [
      `leaves a node as it is that is ${state} by ${author} for ${reason}`,
      { node: { ...node, state, reason, author } },
      {
        is: 'converged',
        warnings: [{ code: 'NODE_OUT_OF_SERVICE' }],
        because: `job-1 is ${state} (${reason})`,
      },
    ]),
    [
      'waits for a node to register with what its line says before it takes it back',
      { node: { ...node, state: 'IDLE+DRAIN+INVALID_REG', reason: lowCpus, author: 'slurm' } },
      { is: 'wait', code: 'NODE_NOT_UP', for: `job-1 is IDLE+DRAIN+INVALID_REG (${lowCpus})` },
    ],
    [
      'restarts it with the line of now before it takes its node back',
      { node: { ...node, state: 'IDLE+DRAIN', reason: lowCpus, author: 'slurm' }, files: [newer] },
      act(systemctl('it was started before its files changed', 'restart', unit)),
    ],
    ...['ALLOCATED', 'MIXED+PLANNED', 'IDLE+CLOUD+POWERED_DOWN', 'IDLE+RESERVED', 'IDLE+MAINTENANCE+RESERVED'].map(
      (state): [string, object, object] => [
        `is content with one that is ${state}`,
        { node: { ...node, state } },
        { is: 'converged', because: `job-1 is ${state}` },
      ],
    ),
    ...['UNKNOWN+NOT_RESPONDING', 'DOWN', 'DOWN*', 'IDLE*', 'IDLE+INVALID_REG', 'MIXED*'].map(
      (state): [string, object, object] => [
        `waits for a node that is ${state}`,
        { node: { ...node, state, reason: 'Not responding' } },
        { is: 'wait', code: 'NODE_NOT_UP', for: `job-1 is ${state} (Not responding)` },
      ],
    ),
    [
      'refuses a machine with too little memory',
      { hardware: { ...topology, memoryMiB: 1499 } },
      {
        is: 'refuse',
        code: 'NODE_TOO_SMALL',
        because: 'slurm.conf gives job-1 2 CPUs and 1500 MiB; slurmd finds 2 CPUs and 1499 MiB',
        hint: "lower cpus and memoryMiB in the front end's slurm.nodes or leave them out, and run apply there; or take a larger instance",
      },
    ],
  ])('%s', (_what, changes, decision) => {
    expect(slurmd.decide(config, { ...seen, ...changes }, [])).toMatchObject(decision)
  })

  test('refuses one with too few CPUs, before anything is started', () => {
    const small = { ...seen, ...stopped, hardware: { ...topology, cpus: 1, memoryMiB: 1979 } }
    expect(slurmd.decide(config, { ...small, service: { ...service, active: 'inactive' } }, [])).toMatchObject({
      is: 'refuse',
      code: 'NODE_TOO_SMALL',
    })
  })

  test('says what a daemon said that dies again and again', () => {
    const dead = { ...seen, ...stopped, service: { ...service, active: 'failed' } }
    expect(slurmd.decide(config, dead, [start, start, start])).toEqual({
      is: 'wait',
      code: 'SLURMD_NOT_RUNNING',
      for: 'slurmd.service is failed; its last words: slurmd: fatal: no cgroups',
    })
    expect(slurmd.decide(config, { ...dead, hasMovedOn: true }, [start, start, start])).toMatchObject({
      code: 'SLURMD_NOT_RUNNING',
      inVain: true,
    })
    const starting = { ...dead, service: { ...service, active: 'activating' }, hasMovedOn: true }
    expect(slurmd.decide(config, starting, [])).not.toHaveProperty('inVain')
  })
})

describe('a look at slurmd', () => {
  const ask = 'timeout --kill-after=2 20 scontrol show node job-1 --oneliner'
  const journal = `journalctl --unit=${unit} --lines=5 --output=cat --no-pager --quiet`
  const slurmConf = '/etc/slurm/slurm.conf'
  const script = (active: string, commands: Script['commands']): Script => ({
    commands: { [unitsShow(unit)]: unitsShown(active), 'slurmd -C': fixture('slurmd-c'), ...commands },
    files: {
      '/var/lib/slurm-node-agent/munge-key.sha256': 'a\n',
      [dropInPath]: dropIn,
      [confServerPath]: undefined,
      [slurmConf]: 'NodeName=job-1 NodeAddr=10.0.0.11 CPUs=2 RealMemory=1500\n',
      '/mnt/work/slurm/slurm.conf': '',
    },
    sums: { '/etc/munge/munge.key': 'a' },
    stats: {
      [slurmConf]: conf,
      '/etc/slurm/cgroup.conf': conf,
      '/etc/slurm/gres.conf': undefined,
      [confServerPath]: undefined,
      [holdPath(unit)]: undefined,
      '/mnt/work/slurm/munge/current': undefined,
    },
    primaryAddress: '10.0.0.11',
  })
  const look = (...of: Parameters<typeof script>) => slurmd.observe(config, fakeHost(script(...of)), signal)

  test('finds all as it should be', async () => {
    expect(slurmd.decide(config, await look('active', { [ask]: fixture('node-idle') }), [])).toEqual({
      is: 'converged',
      because: 'job-1 is IDLE',
    })
  })

  test.each([
    [{ exitCode: 1, stderr: 'slurm_load_node error: Invalid authentication credential\n' }, /Invalid authentication/],
    [{ stdout: 'Node job-1 not found\n', exitCode: 1 }, /Node job-1 not found/],
    [{ exitCode: 124 }, /no answer/],
  ])('has the words of a slurmctld that does not tell: %o', async (answer, words) => {
    const found = { ...(await look('active', { [ask]: answer })), hasMovedOn: false }
    expect(slurmd.decide(config, found, [])).toMatchObject({
      code: 'SLURMCTLD_NOT_ANSWERING',
      for: expect.stringMatching(words),
    })
  })

  test('sees that the share has moved on', async () => {
    const found = await look('active', { [ask]: fixture('node-unregistered') })
    expect(found.hasMovedOn).toBe(true)
  })

  test('asks slurmctld only while slurmd runs', async () => {
    const found = await look('inactive', { [journal]: 'slurmd: fatal: no cgroups\n' })
    expect([found.node, found.lastWords]).toEqual([undefined, 'slurmd: fatal: no cgroups'])
  })

  test('does not go on without knowing the hardware', async () => {
    await expect(look('active', { 'slurmd -C': 'nothing', [ask]: fixture('node-idle') })).rejects.toThrow(
      'slurmd -C prints no hardware: nothing',
    )
  })
})
