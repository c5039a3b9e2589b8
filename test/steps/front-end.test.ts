import { basename } from 'node:path'
import { describe, expect, test } from 'vitest'
import { printRecord } from '../../src/formats/node-record.ts'
import { withOwnLines } from '../../src/formats/own-lines.ts'
import { frontEnd } from '../../src/steps/front-end.ts'
import { fakeHost, type Script, signal } from '../fake-host.ts'
import { configuration } from './configuration.ts'
import { unitsShow, unitsShown } from './services.ts'

const share = '/mnt/work/slurm'
const path = `${share}/front-end`
const [own, other] = ['i-0123456789abcdef0', 'i-0aaaaaaaaaaaaaaaa']
const [volume, copy] = ['vol-0123456789abcdef0', 'vol-0bbbbbbbbbbbbbbbb']
const link = { do: 'symlink', path, target: `${own}/${volume}`, whileMounted: '/mnt/work' } as const
const confs = ['gres.conf', 'slurm.conf', 'cgroup.conf'].map((name) => `${share}/${name}`)
const slurmctld = unitsShow('slurmctld.service')

interface Machine {
  /** What the link points to; false for a file that is no link. */
  readonly claim?: string | false
  /** The volume that is mounted, or a disk that is none. */
  readonly mounted?: string
  readonly isPartition?: boolean
  /** As a disk of a Xen type has none. */
  readonly hasSerial?: boolean
  readonly hasShare?: boolean
  /** Where the record says that the front end is. */
  readonly recorded?: string
  /** Where slurm.conf of the share has the controller, and what comes of a connection there. */
  readonly controller?: string
  readonly tcp?: Script['tcp']
  /** Of slurmctld; asked for only where it is given. */
  readonly active?: 'active' | 'inactive' | 'enabled'
  readonly config?: object
  /** Of slurm.conf, here and on the share; the machine has saved what it holds already where there is no hash. */
  readonly conf?: { readonly local: string; readonly shared: string; readonly sha256?: string }
}

const shown = {
  active: unitsShown('active'),
  inactive: unitsShown('inactive').replace('=enabled', '=disabled'),
  enabled: unitsShown('inactive'),
}

async function decided(machine: Machine) {
  const {
    claim,
    mounted,
    isPartition = false,
    hasSerial = true,
    hasShare = true,
    recorded,
    active,
    controller,
    tcp,
    conf,
    config: parts,
  } = machine
  const config = configuration(parts)
  const facts = { mode: 0o777, owner: 'root:root', sizeBytes: 19, changedAtMs: 0 }
  const kind = claim === false ? ({ kind: 'file' } as const) : ({ kind: 'symlink', target: claim ?? '' } as const)
  const serial = `${mounted?.replace('-', '')} \n`
  const script: Script = {
    metadata: { 'meta-data/instance-id': `${own}\n` },
    primaryAddress: '10.0.0.10',
    stats: {
      ...(conf && { '/etc/slurm/slurm.conf.0123456789ab.saved': undefined }),
      [path]: claim === undefined ? undefined : { ...facts, ...kind },
      [share]: hasShare ? { ...facts, kind: 'directory' } : undefined,
    },
    files: {
      '/proc/self/mountinfo': mounted === undefined ? '' : '29 1 259:1 / /mnt/shared rw - ext4 /dev/nvme1n1 rw\n',
      '/sys/dev/block/259:1/device/serial': isPartition || !hasSerial ? undefined : serial,
      '/sys/dev/block/259:1/../device/serial': isPartition ? serial : undefined,
      [`${share}/frontend.json`]:
        recorded && printRecord({ name: 'frontend-server', address: recorded, exports: '/mnt/shared' }),
      ...Object.fromEntries(
        [...confs, ...confs.map((shared) => `/etc/slurm/${basename(shared)}`)].map((place) => [place, undefined]),
      ),
      ...(conf && { '/etc/slurm/slurm.conf': conf.local }),
      [`${share}/slurm.conf`]: conf?.shared ?? (controller && `SlurmctldHost=frontend-server(${controller})\n`),
    },
    ...(conf?.sha256 && { sums: { '/etc/slurm/slurm.conf': conf.sha256 } }),
    ...(tcp && { tcp }),
    ...(active && { commands: { [slurmctld]: shown[active] } }),
  }
  return frontEnd.decide(config, await frontEnd.observe(config, fakeHost(script), signal), [])
}

const act = (...actions: object[]) => ({ is: 'act', actions })
const byName = { dataVolume: { deviceName: '/dev/sdf' } }

test('the first instance claims the share, with its volume there or not', async () => {
  const because = 'no instance is the front end yet'
  expect(await decided({})).toEqual(act({ ...link, because }))
  expect(await decided({ mounted: copy })).toEqual(act({ ...link, because }))
  expect(await decided({ recorded: '10.0.0.10' })).toEqual(act({ ...link, because }))
  expect(await decided({ hasShare: false })).toEqual(
    act(
      {
        do: 'mkdir',
        path: share,
        mode: 0o755,
        whileMounted: '/mnt/work',
        because: 'the cluster shares its configuration there',
      },
      { ...link, because },
    ),
  )
})

const converged = { is: 'converged', because: `it is this instance, ${own}` }

test.each<[string, Machine]>([
  ['with its volume', { claim: `${own}/${volume}`, mounted: volume }],
  ['without it', { claim: `${own}/${volume}` }],
  ['whose volume has only a name and is late', { claim: `${own}/${volume}`, config: byName }],
])('converged on the instance that is the front end, %s', async (_how, machine) => {
  expect(await decided(machine)).toEqual(converged)
})

test.each<[string, Machine, string]>([
  ['that was configured anew', { claim: `${own}/${copy}` }, volume],
  ['that has only a name, once it is mounted', { claim: own, mounted: copy, config: byName }, copy],
])('its claim names the volume %s', async (_how, machine, volumeId) => {
  const target = `${own}/${volumeId}`
  const because = `the data volume is ${volumeId}`
  expect(await decided(machine)).toEqual(act({ ...link, target, was: machine.claim, because }))
})

test.each<[string, Machine]>([
  ['', {}],
  [', in a partition', { isPartition: true }],
  [' that has only a name', { config: byName }],
])('takes over from another instance with its data volume%s', async (_how, machine) => {
  const claim = `${other}/${volume}`
  const because = `${volume} is here: ${other} is the front end no more`
  expect(await decided({ claim, mounted: volume, active: 'inactive', ...machine })).toEqual(
    act({ ...link, was: claim, because }),
  )
})

const gone = { is: 'silent', because: 'no answer within 5 s' } as const
test.each<[string, Machine]>([
  ['is gone', { controller: '10.0.0.9', tcp: { '10.0.0.9:6817': gone } }],
  ['has ended', { controller: '10.0.0.9', tcp: { '10.0.0.9:6817': { ...gone, is: 'refused' } } }],
  ['had the address that this machine has', { controller: '10.0.0.10' }],
])('takes over from another instance whose slurmctld %s', async (_how, machine) => {
  const claim = `${other}/${volume}`
  expect(await decided({ claim, mounted: volume, active: 'inactive', ...machine })).toMatchObject(
    act({ ...link, was: claim }),
  )
})

describe('the operator’s lines that count are those of the front end before', () => {
  const claim = `${other}/${volume}`
  const removed = {
    do: 'remove',
    path: '/etc/slurm/slurm.conf',
    because: 'the front end before has published another since',
  } as const
  const taking = { claim, mounted: volume, active: 'inactive' } as const
  const claiming = { ...link, was: claim, because: `${volume} is here: ${other} is the front end no more` }
  const withLines = (lines: string) => withOwnLines(['ClusterName=c'], lines)

  test('what this one had is saved beside', async () => {
    const local = withLines('MaxJobCount=5\n')
    const saved = {
      do: 'write',
      path: '/etc/slurm/slurm.conf.0123456789ab.saved',
      content: local,
      was: undefined,
      mode: 0o600,
      because: "/etc/slurm/slurm.conf holds what is not the agent's",
    } as const
    const sha256 = '0123456789abcdef'
    expect(await decided({ ...taking, conf: { local, shared: withLines('MaxJobCount=9\n'), sha256 } })).toEqual(
      act(saved, removed, claiming),
    )
  })

  test('unless what is on the share is somebody else’s', async () => {
    const local = withLines('MaxJobCount=5\n')
    expect(await decided({ ...taking, conf: { local, shared: 'ClusterName=old\n' } })).toEqual(act(claiming))
  })

  test('without a copy where they are the same', async () => {
    const same = withLines('MaxJobCount=5\n')
    expect(await decided({ ...taking, conf: { local: same, shared: same } })).toEqual(act(removed, claiming))
  })
})

const wait = (what: string) => ({ is: 'wait', code: 'FRONT_END_ELSEWHERE', for: what })
const shows = (volumeId: string, who = other, told = path) =>
  wait(`${volumeId}: mounted here it shows that ${who} is out of the way; if that is gone for good, remove ${told}`)

test.each<[string, Machine]>([
  ['nothing is mounted', {}],
  ['a copy of the volume is', { mounted: copy }],
  ['a disk is that is no volume, or was detached under its mount', { mounted: 'AWS-1' }],
  ['another volume is, as it is configured', { mounted: copy, config: { dataVolume: { volumeId: copy } } }],
])('waits for the volume while another instance is the front end, and %s', async (_what, machine) => {
  expect(await decided({ claim: `${other}/${volume}`, active: 'inactive', ...machine })).toEqual(shows(volume))
})

describe('while slurmctld still answers where the other machine is', () => {
  const answers = { mounted: volume, controller: '10.0.0.9', tcp: { '10.0.0.9:6817': undefined } } as const
  const ends = (who: string, told: string) =>
    wait(
      `${who}, whose slurmctld still answers at 10.0.0.9:6817: stop it there; if that is another machine by now, remove ${told}`,
    )

  test('the volume alone is not enough', async () => {
    const machine = { ...answers, claim: `${other}/${volume}` }
    expect(await decided({ ...machine, active: 'inactive' })).toEqual(ends(other, path))
    expect(await decided({ ...machine, active: 'enabled' })).toEqual(
      act({
        do: 'exec',
        argv: ['systemctl', 'disable', '--now', 'slurmctld.service'],
        because: `${other} is the front end`,
      }),
    )
  })

  test('nor is it from before there were claims', async () => {
    const machine = { ...answers, recorded: '10.0.0.9', active: 'inactive' } as const
    expect(await decided(machine)).toEqual(ends('the machine at 10.0.0.9', `${share}/frontend.json`))
  })

  test('it is not asked before the volume is here', async () => {
    const machine = { claim: `${other}/${volume}`, controller: '10.0.0.9', active: 'inactive' } as const
    expect(await decided(machine)).toEqual(shows(volume))
  })
})

test('waits for a person where the disk that is mounted has no serial, as it cannot be told from another', async () => {
  const onXen = { mounted: volume, hasSerial: false, active: 'inactive' } as const
  const cannotShow = (who: string, told: string) =>
    wait(
      `a person, as the disk that is mounted here has no serial to show that ${who} is out of the way; if that is gone for good, remove ${told}`,
    )
  expect(await decided({ ...onXen, claim: `${other}/${volume}` })).toEqual(cannotShow(other, path))
  expect(await decided({ ...onXen, recorded: '10.0.0.9' })).toEqual(
    cannotShow('the machine at 10.0.0.9', `${share}/frontend.json`),
  )
})

test('waits for a person where the volume of the other instance had no ID', async () => {
  expect(await decided({ claim: other, mounted: volume, active: 'inactive' })).toEqual(
    shows('a person, as the data volume has no ID'),
  )
})

test.each(['active', 'enabled'] as const)(
  'slurmctld that is %s here gives way to that of another instance',
  async (active) => {
    const because = `${other} is the front end`
    expect(await decided({ claim: `${other}/${volume}`, active })).toEqual(
      act({ do: 'exec', argv: ['systemctl', 'disable', '--now', 'slurmctld.service'], because }),
    )
  },
)

test('a front end from before there were claims is one too', async () => {
  const before = { recorded: '10.0.0.9', active: 'inactive' } as const
  expect(await decided(before)).toEqual(shows(volume, 'the machine at 10.0.0.9', `${share}/frontend.json`))
  expect(await decided({ ...before, mounted: copy })).toEqual(
    shows(volume, 'the machine at 10.0.0.9', `${share}/frontend.json`),
  )
  expect(await decided({ ...before, mounted: volume })).toEqual(act({ ...link, because: `${volume} is here` }))
})

test('what is no link to an instance is for a person', async () => {
  const told = wait(`a person: ${path} is no link to an instance; remove it`)
  expect(await decided({ claim: false, mounted: volume, active: 'inactive' })).toEqual(told)
  expect(await decided({ claim: 'elsewhere', active: 'inactive' })).toEqual(told)
})
