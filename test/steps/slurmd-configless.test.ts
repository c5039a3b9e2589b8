import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Executed } from '../../src/engine/host.ts'
import { type ConfServer, confServerPath } from '../../src/steps/conf-server.ts'
import { held, holdPath } from '../../src/steps/holds.ts'
import { slurmd } from '../../src/steps/slurmd.ts'
import { signal } from '../fake-host.ts'
import { jobConfiguration } from './configuration.ts'
import { running, serviceShow, serviceShown } from './services.ts'
import { file, settle, smallMachine, type Tree } from './small-machine.ts'

const fixture = (name: string) => readFileSync(new URL(`../fixtures/slurm/${name}.txt`, import.meta.url), 'utf8')

const unit = 'slurmd.service'
const shared = '/mnt/work/slurm/slurm.conf'
const fetchedPath = '/run/slurm/conf/slurm.conf'
const defaultsPath = '/etc/default/slurmd'
const tie = '/etc/systemd/system/slurmd.service.d/slurm-node-agent.conf'
const tied = `# Made by slurm-node-agent.
[Unit]
RequiresMountsFor=/mnt/shared
Wants=munge.service
After=munge.service
`
const pointingTo = (server: string) => `# Made by slurm-node-agent.
[Unit]
ConditionPathExists=
[Service]
Environment="SLURMD_OPTIONS=--conf-server ${server}"
`
const conf = (controller: string) => `SlurmctldHost=frontend-server(${controller})
SlurmctldParameters=enable_configless
NodeName=job-1 NodeAddr=10.0.0.11 CPUs=2 RealMemory=1500
`
const published = conf('10.0.0.5')
const other = `${published}PartitionName=long\n`

const config = jobConfiguration({ slurm: { configless: true } })
const service = running(unit)
const topology = { cpus: 2, sockets: 1, coresPerSocket: 2, threadsPerCore: 1 }
const confServer: ConfServer = { address: '10.0.0.5', trouble: undefined, fetched: 'this', isOverridden: false }
const seen = {
  service,
  dropIn: tied,
  confServerDropIn: pointingTo('10.0.0.5'),
  files: [undefined, undefined, undefined],
  address: '10.0.0.11',
  hardware: { ...topology, memoryMiB: 1979 },
  line: undefined,
  confServer,
  node: { state: 'IDLE', address: '10.0.0.11', reason: '' },
  hasMovedOn: false,
  lastWords: undefined,
}
const stopped = { service: { ...service, active: 'inactive' }, node: undefined, lastWords: '' }
const trouble = `the front end, whose slurmctld runs with another slurm.conf than ${shared}`
const systemctl = (because: string, ...args: string[]) => ({ do: 'exec', argv: ['systemctl', ...args], because })
const reload = systemctl('unit files changed', 'daemon-reload')
const act = (...actions: object[]) => ({ is: 'act', actions })
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
      { files: [undefined, undefined, { changedAtMs: service.startedAtMs + 1 }] },
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
      'is not restarted before slurmctld runs with another slurm.conf',
      { confServer: { ...confServer, trouble, fetched: 'another' } },
      notServed,
    ],
    [
      'is restarted then, as slurmctld tells nobody when it is restarted itself',
      { confServer: { ...confServer, fetched: 'another' } },
      act(systemctl('it has fetched another slurm.conf', 'restart', unit)),
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
      { ...stopped, confServer: { ...confServer, trouble: 'no answer', fetched: 'nothing' }, hasMovedOn: true },
      {
        is: 'converged',
        because: 'no answer',
        warnings: [{ code: 'SHARE_MOVED_ON', text: 'the next run follows the front end' }],
      },
    ],
    [
      'is refused its options by somebody else',
      { confServer: { ...confServer, isOverridden: true } },
      {
        is: 'refuse',
        code: 'SLURMD_OPTIONS_TAKEN',
        because: '/etc/default/slurmd sets SLURMD_OPTIONS, by which slurmd is to be told where it fetches slurm.conf',
        hint: 'take SLURMD_OPTIONS out of /etc/default/slurmd, or set slurm.configless to false',
      },
    ],
  ])('%s', (_what, changes, decision) => {
    expect(slurmd.decide(config, { ...seen, ...changes }, [])).toEqual(decision)
  })

  test('reads the one in /etc/slurm again once it is not to fetch any more', () => {
    expect(slurmd.decide(jobConfiguration(), { ...seen, confServer: undefined }, [])).toEqual(
      act({ do: 'remove', path: confServerPath, because: 'slurmd is to read slurm.conf in /etc/slurm' }, reload),
    )
  })

  test('has its condition dropped before it is held: systemd reads drop-ins in the order of their names', () => {
    const holds = held(unit).flatMap((rule) => (rule.is === 'file' && rule.path !== holdPath(unit) ? [rule.path] : []))
    expect(holds).toHaveLength(1)
    expect([...holds, confServerPath].toSorted()[0]).toBe(confServerPath)
  })
})

const show = (what: string) => `timeout --kill-after=2 20 env SLURM_CONF=${shared} scontrol show ${what}`
const match = 'HASH_VAL                = Match\n'

function machineWith(more: Tree, commands: Record<string, string | Partial<Executed>> = {}, active = 'active') {
  const local: Tree = new Map([[tie, file(tied)], ['/etc/munge/munge.key', file('a')], ...more])
  return smallMachine({
    local,
    shared: new Map([[shared, file(published)]]),
    script: {
      primaryAddress: '10.0.0.11',
      commands: {
        [serviceShow(unit)]: serviceShown(active),
        'slurmd -C': fixture('slurmd-c'),
        'timeout --kill-after=2 20 scontrol show node job-1 --oneliner': fixture('node-idle'),
        [`journalctl --unit=${unit} --lines=5 --output=cat --no-pager --quiet`]: 'slurmd: fatal: no cgroups\n',
        [show('config')]: match,
        [show('slurmd')]: '',
        ...commands,
      },
    },
    // What slurmd does when it is started.
    run: ({ argv }) => {
      if (argv.includes('restart')) local.set(fetchedPath, file(published))
    },
  })
}

describe('a look at slurmd that fetches slurm.conf', () => {
  const silent = { exitCode: 1, stderr: 'slurm_load_slurmd_status: Connection refused\n' }

  test.each<[string, Tree, Record<string, string | Partial<Executed>>, object]>([
    ['finds that it has it', new Map([[fetchedPath, file(published)]]), {}, { fetched: 'this', trouble: undefined }],
    ['finds that it has another', new Map([[fetchedPath, file(other)]]), {}, { fetched: 'another' }],
    ['finds that it has none, as it ran without before', new Map(), {}, { fetched: 'another' }],
    [
      'finds that it does not answer yet',
      new Map([[fetchedPath, file(other)]]),
      { [show('slurmd')]: silent },
      { fetched: 'nothing' },
    ],
    [
      'finds slurmctld with another',
      new Map(),
      { [show('config')]: 'HASH_VAL = Different Ours=0x1 Slurmctld=0x2\n' },
      { trouble },
    ],
    [
      'has the words of a slurmctld that is away',
      new Map(),
      { [show('config')]: { exitCode: 1, stderr: 'slurm_load_ctl_conf error: Unable to contact slurm controller\n' } },
      { trouble: 'slurm_load_ctl_conf error: Unable to contact slurm controller' },
    ],
    [
      'says that it is silent',
      new Map(),
      { [show('config')]: { exitCode: 124 } },
      { trouble: 'slurmctld, which does not answer' },
    ],
    ['finds options', new Map([[defaultsPath, file('# a\nSLURMD_OPTIONS="-v"\n')]]), {}, { isOverridden: true }],
    ['finds none in a comment', new Map([[defaultsPath, file('#SLURMD_OPTIONS=""\n')]]), {}, { isOverridden: false }],
  ])('%s', async (_what, tree, commands, found) => {
    const { host } = machineWith(tree, commands)
    expect((await slurmd.observe(config, host, signal)).confServer).toMatchObject({ address: '10.0.0.5', ...found })
  })

  test('holds the machine to the line of the share', async () => {
    const { line } = await slurmd.observe(config, machineWith(new Map()).host, signal)
    expect(line).toMatchObject({ names: 'job-1', memoryMiB: 1500 })
  })

  test('is tried again where the share names no such slurmctld', async () => {
    const { host } = machineWith(new Map())
    const read = async (path: string) => (path === shared ? 'NodeName=job-1\n' : await host.read(path))
    await expect(slurmd.observe(config, { ...host, read }, signal)).rejects.toThrow(
      `${shared} tells of no slurmctld that hands it out`,
    )
  })

  test('is followed by what it takes to fetch it on a machine that read a copy, and by nothing more', async () => {
    const machine = machineWith(new Map())
    expect(await settle(slurmd, config, machine)).toEqual({ is: 'converged', because: 'job-1 is IDLE' })
    const done = [`write ${confServerPath}`, 'systemctl daemon-reload', `systemctl restart ${unit}`]
    expect(machine.done).toEqual(done)
    expect(await settle(slurmd, config, machine)).toEqual({ is: 'converged', because: 'job-1 is IDLE' })
    expect(machine.done).toEqual(done)
  })
})
