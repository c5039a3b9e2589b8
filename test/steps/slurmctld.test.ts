import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { ActionOutcome } from '../../src/engine/action.ts'
import type { FileStat } from '../../src/engine/host.ts'
import { holdPath } from '../../src/steps/holds.ts'
import { slurmctld } from '../../src/steps/slurmctld.ts'
import { conditionPath } from '../../src/steps/slurmctld-at-boot.ts'
import { fakeHost, signal } from '../fake-host.ts'
import { configuration } from './configuration.ts'
import { notUp, running, unitsShow, unitsShown } from './services.ts'
import { file, settle, smallMachine } from './small-machine.ts'

/** Printed by scontrol 22.05.8 for root; by their sources, those of 21.08, 23.11, 24.11 and 25.11 print the same. */
const fixture = (name: string) => readFileSync(new URL(`../fixtures/slurm/${name}.txt`, import.meta.url), 'utf8')
const up = 'Slurmctld(primary) at frontend-server is UP'
const down = 'Slurmctld(primary) at frontend-server is DOWN'

const unit = 'slurmctld.service'
const dropInPath = '/etc/systemd/system/slurmctld.service.d/slurm-node-agent.conf'
const dropIn = (stateSaveLocation: string) => `# Made by slurm-node-agent.
[Unit]
RequiresMountsFor=${stateSaveLocation}
Wants=munge.service
After=munge.service
`
const [own, other] = ['i-0123456789abcdef0', 'i-0aaaaaaaaaaaaaaaa']
const link = '/mnt/work/slurm/front-end'
const condition = (instanceId: string) => `# Made by slurm-node-agent.
[Service]
ExecCondition=/usr/bin/find ${link} -maxdepth 0 -not -lname ${instanceId} -not -lname ${instanceId}/* -exec false {} +
`
const config = configuration()
const service = running(unit)
const conf: FileStat = { kind: 'file', mode: 0o644, owner: 'root:root', sizeBytes: 900, changedAtMs: 0 }
const seen = {
  service,
  dropIn: dropIn('/var/lib/slurm/slurmctld'),
  condition: { was: undefined, instanceId: undefined },
  files: [conf, conf, conf],
  ping: up,
  lastWords: undefined,
  cluster: undefined,
}
const dead = { service: { ...service, active: 'failed' }, ping: undefined }
const mismatch = 'fatal: CLUSTER ID MISMATCH.; slurmctld has been started with "ClusterID=1234"'
const otherName = 'fatal: CLUSTER NAME MISMATCH.; slurmctld has been started with "ClusterName=slurm-cluster"'
const act = (...actions: object[]) => ({ is: 'act', actions })
const systemctl = (because: string, ...args: string[]) => ({ do: 'exec', argv: ['systemctl', ...args], because })
const wait = (reason: string) => ({ is: 'wait', code: 'SLURMCTLD_NOT_UP', for: reason })
const start: ActionOutcome = { is: 'done', action: { do: 'exec', argv: ['systemctl', 'start', unit], because: '' } }
const startWithoutName = (because: string) =>
  act(
    { do: 'remove', path: '/var/lib/slurm/slurmctld/clustername', because },
    systemctl('it failed', 'reset-failed', unit),
    systemctl('it failed', 'start', unit),
  )
const newer = { ...conf, changedAtMs: service.startedAtMs + 1 }

describe('slurmctld', () => {
  test.each([
    ['has nothing to do', {}, [], { is: 'converged', because: up }],
    [
      'ties the daemon to the mount of its state before it lets it start',
      { dropIn: undefined, service: { ...service, active: 'inactive', held: true }, ping: undefined },
      [],
      act(
        {
          do: 'write',
          path: dropInPath,
          content: seen.dropIn,
          was: undefined,
          mode: 0o644,
          because: 'a controller that starts before its state is mounted loses its jobs',
        },
        systemctl('unit files changed', 'daemon-reload'),
      ),
    ],
    [
      'ties one that nobody held to it, too',
      { dropIn: '[Unit]\n' },
      [],
      act(
        {
          do: 'write',
          path: dropInPath,
          content: seen.dropIn,
          was: '[Unit]\n',
          mode: 0o644,
          because: 'a controller that starts before its state is mounted loses its jobs',
        },
        systemctl('unit files changed', 'daemon-reload'),
      ),
    ],
    [
      'loads a drop-in that a run that was cut off has written',
      { service: { ...service, needsReload: true } },
      [],
      act(systemctl('unit files changed', 'daemon-reload')),
    ],
    [
      'restarts a daemon that is staler than slurm.conf',
      { files: [newer, conf, conf] },
      [],
      act(systemctl('it was started before its files changed', 'restart', unit)),
    ],
    [
      'restarts a daemon that is staler than cgroup.conf',
      { files: [conf, newer, conf] },
      [],
      act(systemctl('it was started before its files changed', 'restart', unit)),
    ],
    [
      'restarts a daemon that is staler than gres.conf, which it hands out',
      { files: [conf, undefined, newer] },
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
      'has the ID of its cluster forgotten where the database has another',
      { ...dead, lastWords: mismatch, cluster: 'slurm-cluster|1234' },
      [],
      startWithoutName('the database has another ID for the cluster than slurmctld has kept there'),
    ],
    [
      'has a name of its cluster forgotten that a power cut has emptied',
      { ...dead, lastWords: otherName, cluster: '' },
      [],
      startWithoutName('a power cut has emptied it, and slurmctld takes that for the name of another cluster'),
    ],
    [
      'has a name of its cluster forgotten of which a power cut has left zeros',
      { ...dead, lastWords: otherName, cluster: '\0\0\0' },
      [],
      startWithoutName('a power cut has emptied it, and slurmctld takes that for the name of another cluster'),
    ],
    [
      'leaves the name of another cluster as it is',
      { ...dead, lastWords: otherName, cluster: 'other-cluster' },
      [start, start, start],
      wait(`slurmctld.service is failed; its last words: ${otherName}`),
    ],
    [
      'leaves the state of another cluster as it is',
      { ...dead, lastWords: mismatch, cluster: 'other-cluster|1234' },
      [start, start, start],
      wait(`slurmctld.service is failed; its last words: ${mismatch}`),
    ],
    [
      'leaves the ID to one that runs by now',
      { ping: down, lastWords: mismatch, cluster: 'slurm-cluster|1234' },
      [],
      wait(`${down}; its last words: ${mismatch}`),
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
      {
        service: { ...service, active: 'inactive' },
        files: [undefined, undefined, undefined],
        ping: undefined,
        lastWords: '',
      },
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
    files: { [dropInPath]: seen.dropIn, [conditionPath]: undefined },
    stats: {
      '/etc/slurm/slurm.conf': conf,
      '/etc/slurm/cgroup.conf': undefined,
      '/etc/slurm/gres.conf': conf,
      [holdPath(unit)]: undefined,
    },
  }
  const log = '/var/log/slurm/slurmctld.log'
  const journal = `journalctl --unit=${unit} --lines=5 --output=cat --no-pager --quiet`

  const pingedDown = { 'scontrol ping': { exitCode: 1, stdout: fixture('scontrol-ping-down') } }

  test('asks a daemon that answers for nothing else', async () => {
    const commands = { [unitsShow(unit)]: unitsShown('active'), 'scontrol ping': fixture('scontrol-ping-up') }
    const found = await slurmctld.observe(config, fakeHost({ ...files, commands }), signal)
    expect(found).toEqual({ ...seen, files: [conf, conf, undefined] })
  })

  test('reads the log and the journal of one that does not', async () => {
    const commands = {
      [unitsShow(unit)]: unitsShown('active'),
      ...pingedDown,
      [journal]: 'slurmctld: fatal: b\n',
    }
    const logs = { [log]: 'error: a\nfatal: b\n' }
    const found = await slurmctld.observe(config, fakeHost({ ...files, commands, logs }), signal)
    expect(found).toEqual({
      ...seen,
      files: [conf, conf, undefined],
      ping: down,
      lastWords: 'error: a; fatal: b; slurmctld: fatal: b',
    })
  })

  test.each([
    ['its ID', mismatch, 'slurm-cluster|1234'],
    ['its name', otherName, ''],
  ])(
    'looks whose state one keeps that ends for %s, on EFS too, and touches it only while that is mounted',
    async (_for, words, cluster) => {
      const stateSaveLocation = '/mnt/work/state'
      const clusterPath = `${stateSaveLocation}/clustername`
      const host = fakeHost({
        ...files,
        metadata: { 'meta-data/instance-id': `${own}\n` },
        files: { [dropInPath]: dropIn(stateSaveLocation), [conditionPath]: condition(own), [clusterPath]: cluster },
        commands: { [unitsShow(unit)]: unitsShown('failed'), ...pingedDown, [journal]: '' },
        logs: { [log]: `${words}\n` },
      })
      const state = configuration({ slurm: { stateSaveLocation } })
      const decision = slurmctld.decide(state, await slurmctld.observe(state, host, signal), [])
      expect(decision).toMatchObject({
        actions: [{ do: 'remove', path: clusterPath, whileMounted: '/mnt/work' }, {}, {}],
      })
    },
  )

  test.each([
    ['nobody', pingedDown],
    ['a daemon that systemd has not started', { 'scontrol ping': fixture('scontrol-ping-up') }],
  ])('believes nobody in the place of one that is not active, though %s answers', async (_who, answer) => {
    const commands = { [unitsShow(unit)]: unitsShown('inactive'), ...answer, [journal]: '' }
    const found = await slurmctld.observe(config, fakeHost({ ...files, commands, logs: { [log]: '' } }), signal)
    const stopped = { ...service, active: 'inactive', ...notUp }
    expect(found).toEqual({ ...seen, service: stopped, files: [conf, conf, undefined], ping: undefined, lastWords: '' })
  })

  test('starts behind slurmdbd where there is accounting', () => {
    const accounting = configuration({ accounting: { enabled: true } })
    const [last] = slurmctld.units?.(accounting).slice(-1) ?? []
    expect(last).toEqual({
      is: 'file',
      unit,
      path: dropInPath,
      content: dropIn('/var/lib/slurm/slurmctld').replaceAll('munge.service', 'munge.service slurmdbd.service'),
    })
  })

  test('has nothing left to do after it has acted', async () => {
    const state = configuration({ slurm: { stateSaveLocation: '/mnt/work/state' } })
    const machine = smallMachine({
      local: new Map([
        ['/etc/slurm/slurm.conf', file('')],
        [conditionPath, file(condition(own))],
      ]),
      script: {
        metadata: { 'meta-data/instance-id': `${own}\n` },
        commands: { [unitsShow(unit)]: unitsShown('active'), 'scontrol ping': fixture('scontrol-ping-up') },
      },
      run: () => undefined,
    })
    expect(await settle(slurmctld, state, machine)).toEqual({ is: 'converged', because: up })
    expect(machine.done).toEqual([`write ${dropInPath}`, 'systemctl daemon-reload'])
    expect(machine.content(dropInPath)).toBe(dropIn('/mnt/work/state'))
  })
})

describe('slurmctld whose state is on the share', () => {
  const state = '/mnt/work/slurmctld'
  const shared = configuration({ slurm: { stateSaveLocation: state } })
  const ofOwn = (was: string | undefined) => ({ ...seen, dropIn: dropIn(state), condition: { was, instanceId: own } })
  const reload = systemctl('unit files changed', 'daemon-reload')
  const because = 'its state is on the share, where another instance may be the front end by the next boot'
  const write = { do: 'write', path: conditionPath, content: condition(own), mode: 0o644, because }

  test('begins at a boot only as that of the front end', () => {
    expect(slurmctld.decide(shared, ofOwn(undefined), [])).toEqual(act({ ...write, was: undefined }, reload))
    expect(slurmctld.decide(shared, ofOwn(condition(own)), [])).toEqual({ is: 'converged', because: up })
  })

  test('on an instance made of the image of another one, too', () => {
    const was = condition(other)
    expect(slurmctld.decide(shared, ofOwn(was), [])).toEqual(act({ ...write, was }, reload))
  })

  test('and is there no more, begins at any boot', () => {
    const why = 'the state of slurmctld is not on the share'
    const moved = { ...seen, condition: { was: condition(own), instanceId: undefined } }
    expect(slurmctld.decide(config, moved, [])).toEqual(
      act({ do: 'remove', path: conditionPath, because: why }, reload),
    )
  })
})
