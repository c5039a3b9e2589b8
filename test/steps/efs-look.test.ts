import { describe, expect, test } from 'vitest'
import { unitsBy } from '../../agent/host/units.ts'
import type { Config } from '../../src/config/schema.ts'
import type { MountReply } from '../../src/engine/host.ts'
import { efs } from '../../src/steps/efs.ts'
import { confText, unitText } from '../../src/steps/efs-tunnel.ts'
import { fakeHost, type Script, signal } from '../fake-host.ts'
import {
  config,
  confPath,
  directory,
  dnsName,
  file,
  journal,
  mounted,
  mountinfo,
  mountShown,
  nfsMount,
  script,
  tunnelShown,
  unitPath,
} from './efs-machine.ts'
import { unitsShow } from './services.ts'

const look = (client: Config['efs']['client'], of: Script, more: Partial<Config['efs']> = {}) =>
  efs.observe(config(client, more), fakeHost(of), signal)

describe('a look at EFS', () => {
  test('takes no command but that of its units, and no network, where all is mounted', async () => {
    const commands: string[] = []
    const host = fakeHost(mounted('127.0.0.1:/', 'port=22049,'))
    const exec: typeof host.exec = async (argv, options) => {
      commands.push(argv.join(' '))
      return await host.exec(argv, options)
    }
    const counting = { ...host, exec, units: unitsBy(exec) }
    const seen = await efs.observe(config(), counting, signal)
    expect(seen).toEqual({
      client: 'stunnel',
      hasHelper: false,
      helperPackage: undefined,
      destination: {
        fileSystemId: 'fs-0123456789abcdef0',
        dnsName,
        host: dnsName,
        availabilityZone: undefined,
        mountTargetIp: undefined,
        verifiesTls: true,
        takesAddress: true,
      },
      connect: dnsName,
      fstab: '',
      mountPoint: { is: 'writable' },
      tunnelled: ['/mnt/work'],
      mountUnit: {
        name: 'mnt-work.mount',
        active: 'active',
        result: 'success',
        file: '/run/systemd/generator/mnt-work.mount',
        isOutdated: false,
        changedAtMs: Date.UTC(2026, 10, 23, 16, 1, 49, 123),
        wants: ['network-online.target', 'slurm-node-agent-efs.service'],
      },
      mountWords: undefined,
      tunnel: {
        files: { conf: confText(dnsName), confStat: file, unit: unitText('mnt-work.mount') },
        unit: {
          name: 'slurm-node-agent-efs.service',
          active: 'active',
          result: 'success',
          file: unitPath,
          isOutdated: false,
          changedAtMs: Date.UTC(2026, 10, 23, 16, 1, 48),
          wants: ['network-online.target'],
        },
        words: undefined,
      },
    })
    expect(commands).toEqual([unitsShow('mnt-work.mount', 'slurm-node-agent-efs.service')])
  })

  const reach = {
    mountTargets: { 'fs-0123456789abcdef0': { is: 'denied', because: 'no' } },
    names: { [dnsName]: [] },
  } as const
  const failed = { is: 'error', because: 'EIO: i/o error' } as const
  test.each<[string, MountReply, MountReply]>([
    ['hanging', { is: 'silent', afterMs: 10_000 }, { is: 'done' }],
    ['hanging', failed, { is: 'silent', afterMs: 10_000 }],
    ['hanging', { is: 'silent', afterMs: 10_000 }, failed],
    ['read-only', failed, { is: 'done' }],
    ['read-only', failed, failed],
    ['stale', { is: 'stale' }, { is: 'stale' }],
    // Access is answered from memory.
    ['stale', { is: 'done' }, { is: 'stale' }],
    ['hanging', { is: 'done' }, { is: 'silent', afterMs: 10_000 }],
    ['hanging', { is: 'done' }, failed],
    // Unmounted in between: it is the bare directory that answers.
    ['hanging', { is: 'done' }, { is: 'unmounted' }],
    ['hanging', failed, { is: 'unmounted' }],
  ])('takes a mount for %s where access gives %j, and statfs %j', async (is, access, server) => {
    const answers = { access: { '/mnt/work': access }, servers: { '/mnt/work': server } }
    const seen = await look('stunnel', mounted('127.0.0.1:/', 'port=22049,', { ...answers, ...reach }))
    expect(seen.mountPoint.is).toBe(is)
  })

  test('has the words of a server that answers with an error', async () => {
    const servers = { '/mnt/work': failed }
    const seen = await look('stunnel', mounted('127.0.0.1:/', 'port=22049,', { servers, ...reach }))
    expect(seen.mountPoint).toMatchObject({
      is: 'hanging',
      silence: '/mnt/work is mounted, but answers with EIO: i/o error',
    })
  })

  test.each<[string, Config['efs']['client'], string, string]>([
    ["a mount of AWS's helper for the tunnel's", 'stunnel', '127.0.0.1:/', 'port=20127,'],
    ["the tunnel's mount for one of AWS's helper", 'efs-utils', '127.0.0.1:/', 'port=22049,'],
    ['plain NFS for a mount through the tunnel', 'stunnel', `${dnsName}:/`, ''],
    ['another file system for ours', 'nfs', 'fs-ffffffffffffffff0.efs.us-east-1.amazonaws.com:/', ''],
  ])('does not take %s', async (_what, client, source, port) => {
    expect((await look(client, mounted(source, port))).mountPoint.is).toBe('taken')
  })

  test.each<[Config['efs']['client'], string, string]>([
    ['efs-utils', '127.0.0.1:/', 'port=20127,'],
    ['nfs', `${dnsName}:/`, ''],
  ])('takes for the mount of %s what looks like one: fstab tells the rest', async (client, source, port) => {
    expect((await look(client, mounted(source, port))).mountPoint.is).toBe('writable')
  })

  const owned = 'fs-0123456789abcdef0:/ /mnt/work efs tls,x-slurm-node-agent 0 0\n'
  const oldLine = 'fs-0123456789abcdef0:/ /mnt/work efs _netdev,tls 0 0\n'
  test.each([
    ['is not known without an entry', '', 'refuse'],
    ['is known by an entry of ours', owned, 'act'], // the entry lacks options
    ["is known by the old script's line", oldLine, 'act'],
  ])("a mount of AWS's helper %s", async (_how, fstab, is) => {
    const machine = mounted('127.0.0.1:/', 'port=20127,')
    const stats = { ...machine.stats, '/sbin/mount.efs': file }
    const seen = await look('efs-utils', { ...machine, stats, files: { ...machine.files, '/etc/fstab': fstab } })
    expect(efs.decide(config('efs-utils'), seen, [])).toMatchObject({ is })
  })

  const inZone = { availabilityZone: 'us-east-1b' }
  test.each<[string, Config['efs']['client'], string, string, Partial<Config['efs']>, string]>([
    ['of plain NFS by the name of a zone', 'nfs', `us-east-1b.${dnsName}:/`, '', inZone, 'writable'],
    ['of plain NFS by an address', 'nfs', '10.0.2.5:/', '', { mountTargetIp: '10.0.2.5' }, 'writable'],
    ["of AWS's helper by name, without TLS", 'efs-utils', `${dnsName}:/`, '', { tls: false }, 'writable'],
    [
      "of AWS's helper by its proxy, without TLS",
      'efs-utils',
      '127.0.0.1:/',
      'port=20127,',
      { tls: false },
      'writable',
    ],
    ["of AWS's helper by name for one with TLS", 'efs-utils', `${dnsName}:/`, '', {}, 'taken'],
  ])('takes a mount %s', async (_what, client, source, port, more, is) => {
    expect((await look(client, mounted(source, port), more)).mountPoint.is).toBe(is)
  })

  const byAddress =
    'fs-0123456789abcdef0:/ /mnt/work efs mounttargetip=10.0.1.5,_netdev,nofail,x-systemd.mount-timeout=90s,x-slurm-node-agent 0 0\n'
  test.each<[string, string, Partial<Config['efs']>, object]>([
    [
      'for ours, and asks no DNS whether the name resolves by now',
      byAddress,
      { tls: false },
      { is: 'converged', because: 'fs-0123456789abcdef0 is mounted on /mnt/work (efs-utils)' },
    ],
    [
      'for ours only where our entry has that address',
      byAddress.replace('.5', '.6'),
      { tls: false },
      { is: 'refuse', code: 'EFS_OTHER_MOUNT' },
    ],
    ['for none with TLS', byAddress, {}, { is: 'refuse', code: 'EFS_OTHER_MOUNT' }],
    [
      'for none where the configuration has another address',
      byAddress,
      { tls: false, mountTargetIp: '10.0.1.6' },
      { is: 'refuse', code: 'EFS_OTHER_MOUNT' },
    ],
  ])(
    "takes a mount of AWS's helper by the address that stood in for the name %s",
    async (_how, fstab, more, expected) => {
      const machine = mounted('10.0.1.5:/', '')
      const stats = { ...machine.stats, '/sbin/mount.efs': file }
      const seen = await look(
        'efs-utils',
        { ...machine, stats, files: { ...machine.files, '/etc/fstab': fstab } },
        more,
      )
      expect(efs.decide(config('efs-utils', more), seen, [])).toMatchObject(expected)
    },
  )

  test('looks at what is on top', async () => {
    const files = {
      ...script.files,
      '/proc/self/mountinfo': mountinfo(
        nfsMount('127.0.0.1:/', 'port=22049,'),
        '70 61 0:60 / /mnt/work rw - tmpfs tmpfs rw',
      ),
    }
    expect((await look('stunnel', mounted('', '', { files }))).mountPoint).toMatchObject({
      is: 'taken',
      mount: { type: 'tmpfs' },
    })
  })

  const unreachable = {
    mountTargets: {
      'fs-0123456789abcdef0': {
        is: 'known',
        value: [
          { availabilityZone: 'us-east-1a', availabilityZoneId: 'use1-az1', ipAddress: '10.0.1.5', state: 'creating' },
        ],
      },
    },
  } as const

  test('tells what is in the way, and what the bare directory holds', async () => {
    const seen = await look('auto', { ...script, ...unreachable, directories: { '/mnt/work': ['lost'] } })
    expect(seen.mountPoint).toEqual({
      is: 'bare',
      directory,
      holds: ['lost'],
      reachability: {
        is: 'mount-target-not-ready',
        mountTarget: unreachable.mountTargets['fs-0123456789abcdef0'].value[0],
      },
    })
  })

  test('asks the journal why a mount failed and why the tunnel does not come up', async () => {
    const commands = {
      [unitsShow('mnt-work.mount', 'slurm-node-agent-efs.service')]:
        `${mountShown('failed')}\n${tunnelShown('activating')}`,
      [journal('mnt-work.mount', 'mount')]: 'mount.nfs4: Connection refused\n',
      [journal('slurm-node-agent-efs.service', 'stunnel4')]: 'first\nsecond\n',
    }
    const seen = await look('auto', { ...script, ...unreachable, commands })
    expect(seen.mountUnit).toMatchObject({ active: 'failed', result: 'exit-code' })
    expect(seen.mountWords).toBe('mount.nfs4: Connection refused')
    expect(seen.tunnel?.words).toBe('first; second')
  })

  test.each<[string, boolean, boolean, Partial<Config['efs']>, string]>([
    ["takes AWS's helper where it is installed", true, false, {}, 'efs-utils'],
    ['takes the tunnel where it is not', false, false, {}, 'stunnel'],
    ['keeps the tunnel of an earlier run when the helper turns up', true, true, {}, 'stunnel'],
    ["takes AWS's helper alone for IAM", false, true, { iam: true }, 'efs-utils'],
    ["takes AWS's helper alone for an access point", false, false, { accessPoint: 'fsap-0' }, 'efs-utils'],
    ['takes plain NFS where no TLS is wanted', false, false, { tls: false }, 'nfs'],
    ["takes AWS's helper where it is installed and no TLS is wanted", true, false, { tls: false }, 'efs-utils'],
  ])('%s', async (_behaviour, helper, tunnel, more, client) => {
    const machine = {
      ...script,
      ...unreachable,
      stats: { ...script.stats, '/sbin/mount.efs': helper ? file : undefined },
      files: { ...script.files, [unitPath]: tunnel ? unitText('mnt-work.mount') : undefined },
    }
    expect((await look('auto', machine, more)).client).toBe(client)
  })

  const elsewhere = { names: { [dnsName]: [] } }

  test.each<[Config['efs']['client'], Script]>([
    [
      'stunnel',
      mounted('127.0.0.1:/', 'port=22049,', {
        ...elsewhere,
        files: { ...mounted('127.0.0.1:/', 'port=22049,').files, [confPath]: confText(dnsName, '10.0.1.5') },
      }),
    ],
    [
      'efs-utils',
      mounted('127.0.0.1:/', 'port=20127,', {
        ...elsewhere,
        files: {
          ...mounted('127.0.0.1:/', 'port=20127,').files,
          '/etc/fstab': 'fs-0123456789abcdef0:/ /mnt/work efs tls,mounttargetip=10.0.1.5,x-slurm-node-agent 0 0\n',
        },
      }),
    ],
  ])('finds the address that stands in for the name, with %s', async (client, machine) => {
    expect((await look(client, machine)).connect).toBe('10.0.1.5')
  })

  test('takes the domain of the partition', async () => {
    const metadata = {
      ...script.metadata,
      'meta-data/placement/region': 'cn-north-1',
      'meta-data/services/domain': 'amazonaws.com.cn',
    }
    const seen = await look('nfs', { ...script, ...unreachable, metadata })
    expect(seen.destination.dnsName).toBe('fs-0123456789abcdef0.efs.cn-north-1.amazonaws.com.cn')
  })

  const failing = async () => {
    throw new Error('the metadata service did not answer')
  }
  const other = 'fs-ffffffffffffffff0.efs.us-east-1.amazonaws.com'
  const plainEntry = `${dnsName}:/ /mnt/work nfs4 x-slurm-node-agent 0 0\n`
  const withFiles = (source: string, port: string, conf: string | undefined, fstab: string) => {
    const machine = mounted(source, port)
    const files = { ...machine.files, [confPath]: conf, '/etc/fstab': fstab }
    return { ...fakeHost({ ...machine, files }), metadata: failing }
  }

  test.each([
    ["the tunnel's configuration", 'stunnel', '127.0.0.1:/', 'port=22049,', confText(dnsName), ''],
    ['its entry in fstab', 'nfs', `${dnsName}:/`, '', undefined, plainEntry],
    ['its entry in fstab, not of an old tunnel', 'nfs', `${dnsName}:/`, '', confText(other), plainEntry],
  ] as const)('knows a mount without the metadata service, by %s', async (_by, client, source, port, conf, fstab) => {
    const seen = await efs.observe(config(client), withFiles(source, port, conf, fstab), signal)
    expect(seen).toMatchObject({ mountPoint: { is: 'writable' }, destination: { dnsName } })
  })

  test.each([
    ['nothing is written', undefined, ''],
    ['another file system is written', confText(other), ''],
    ["somebody else's entry has the name", undefined, plainEntry.replace('x-slurm-node-agent', 'rw')],
  ])('needs the metadata service where %s', async (_why, conf, fstab) => {
    const host = withFiles(`${dnsName}:/`, '', conf, fstab)
    await expect(efs.observe(config('nfs'), host, signal)).rejects.toThrow('the metadata service did not answer')
  })

  test('looks no longer after the signal, whatever is written', async () => {
    const stop = new AbortController()
    const metadata = async () => {
      stop.abort(new Error('stopped'))
      throw new Error('aborted')
    }
    const host = { ...fakeHost(mounted('127.0.0.1:/', 'port=22049,')), metadata }
    await expect(efs.observe(config(), host, stop.signal)).rejects.toThrow('stopped')
  })

  test('cannot do without the region', async () => {
    const metadata = { 'meta-data/placement/region': undefined, 'meta-data/services/domain': undefined }
    const files = { ...script.files, [confPath]: undefined }
    await expect(look('auto', { ...script, files, metadata })).rejects.toThrow(
      'the metadata service does not name the region of this instance',
    )
  })
})
