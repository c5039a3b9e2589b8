import { describe, expect, test } from 'vitest'
import type { Config } from '../../src/config/schema.ts'
import type { Seen } from '../../src/steps/efs-seen.ts'
import { confText } from '../../src/steps/efs-tunnel.ts'
import {
  act,
  bare,
  base,
  confPath,
  converged,
  decide,
  directory,
  dnsName,
  exec,
  mount,
  mountUnit,
  nfs,
  open,
  settled,
  silence,
  start,
  systemd,
  tunnelUnit,
  unmounted,
  wait,
  way,
  withTunnel,
  write,
  writeTest,
} from './efs-state.ts'

describe('EFS waits', () => {
  test.each<[string, Seen['mountPoint'], string, string]>([
    [
      'while root may not write',
      { is: 'read-only', mount },
      'EFS_READ_ONLY',
      '/mnt/work is mounted, but root may not write to it',
    ],
    [
      'while it is mounted read-only',
      { is: 'read-only', mount: { ...mount, options: ['ro'] } },
      'EFS_READ_ONLY',
      '/mnt/work is mounted read-only',
    ],
    [
      'while a mount does not answer',
      { is: 'hanging', silence, reachability: open },
      'EFS_NOT_ANSWERING',
      '/mnt/work is mounted, but has not answered for 10 s',
    ],
    [
      'while a mount does not answer, with the reason',
      { is: 'hanging', silence, reachability: { is: 'silent', ...way, trouble: 'no answer within 5 s' } },
      'EFS_PORT_SILENT',
      '/mnt/work is mounted, but has not answered for 10 s: 10.0.1.5, TCP port 2049: no answer within 5 s',
    ],
    [
      'while a mount does not answer whose mount target was deleted',
      { is: 'hanging', silence, reachability: { is: 'no-mount-target', zone: 'use1-az1', elsewhere: [] } },
      'EFS_MOUNT_TARGET_DELETED',
      '/mnt/work is mounted, but has not answered for 10 s: fs-0123456789abcdef0 no longer has a mount target in use1-az1, nor in any other zone',
    ],
    [
      'while a mount is stale',
      { is: 'stale' },
      'EFS_STALE',
      "/mnt/work is mounted, but the server does not know it any more (stale file handle); systemctl stop 'mnt-work.mount' unmounts it",
    ],
    [
      'while the port is closed',
      { ...bare, reachability: { is: 'refused', ...way, trouble: 'the connection was refused' } },
      'EFS_PORT_CLOSED',
      '10.0.1.5, TCP port 2049: the connection was refused',
    ],
  ])('%s', (_behaviour, mountPoint, code, reason) => {
    const active = mountPoint.is === 'bare' ? 'inactive' : 'active'
    expect(decide({ mountPoint, mountUnit: { ...mountUnit, active } })).toEqual(wait(code, reason))
  })
})

describe('EFS by other clients', () => {
  const helped: Seen = {
    ...settled,
    client: 'efs-utils',
    hasHelper: true,
    fstab: `${base}fs-0123456789abcdef0:/ /mnt/work efs tls,${systemd} 0 0\n`,
    tunnel: undefined,
    mountUnit: { ...mountUnit, wants: [] },
  }

  test("leaves the tunnel to AWS's helper", () => {
    expect(decide(helped)).toEqual({
      ...converged,
      because: 'fs-0123456789abcdef0 is mounted on /mnt/work (efs-utils)',
    })
  })

  test("writes the entry of AWS's helper and mounts", () => {
    expect(decide({ ...helped, fstab: base, mountPoint: bare })).toEqual(
      act(
        write('/etc/fstab', base, helped.fstab ?? '', 'the file system must be mounted at each boot'),
        exec('unit files or fstab are written', 'systemctl', 'daemon-reload'),
        start('/mnt/work is not mounted'),
        writeTest,
      ),
    )
  })

  test("gives AWS's helper the address while the name does not resolve, and takes it away again", () => {
    const byAddress = `${base}fs-0123456789abcdef0:/ /mnt/work efs tls,mounttargetip=10.0.1.5,${systemd} 0 0\n`
    const reload = exec('unit files or fstab are written', 'systemctl', 'daemon-reload')
    const because = 'the file system must be mounted at each boot'
    expect(decide({ ...helped, connect: '10.0.1.5', fstab: base, mountPoint: bare })).toEqual(
      act(write('/etc/fstab', base, byAddress, because), reload, start('/mnt/work is not mounted'), writeTest),
    )
    expect(decide({ ...helped, connect: '10.0.1.5', fstab: byAddress })).toMatchObject({ is: 'converged' })
    expect(decide({ ...helped, fstab: byAddress })).toEqual(
      act(write('/etc/fstab', byAddress, helped.fstab ?? '', because), reload),
    )
  })

  test("gives AWS's helper its options as it spells them", () => {
    const configured = {
      iam: true,
      accessPoint: 'fsap-0123456789abcdef0',
      availabilityZone: 'us-east-1b',
      mountTargetIp: '10.0.2.5',
    }
    const options = 'tls,iam,accesspoint=fsap-0123456789abcdef0,az=us-east-1b,mounttargetip=10.0.2.5'
    const entry = `${base}fs-0123456789abcdef0:/ /mnt/work efs ${options},${systemd} 0 0\n`
    expect(decide({ ...helped, connect: '10.0.2.5', fstab: entry }, [], configured)).toMatchObject({ is: 'converged' })
    const plain = `${base}fs-0123456789abcdef0:/ /mnt/work efs ${systemd} 0 0\n`
    expect(decide({ ...helped, fstab: plain }, [], { tls: false })).toMatchObject({ is: 'converged' })
  })

  test.each<[string, string, Partial<Config['efs']>]>([
    ['(tls)', '(tls,iam)', { iam: true }],
    ['(tls)', '(without tls)', { tls: false }],
    ['(tls)', '(tls,accesspoint=fsap-0123456789abcdef0)', { accessPoint: 'fsap-0123456789abcdef0' }],
  ])("does not let a mount of AWS's helper %s pass for one %s", (is, wanted, configured) => {
    expect(decide(helped, [], configured)).toEqual({
      is: 'refuse',
      code: 'EFS_OTHER_MOUNT',
      because: `fs-0123456789abcdef0:/ ${is} is mounted on /mnt/work, not fs-0123456789abcdef0:/ ${wanted}`,
      hint: "unmount it first: systemctl stop 'mnt-work.mount'",
    })
  })

  const oldLine = 'fs-0123456789abcdef0:/ /mnt/work efs _netdev,tls 0 0\n'

  test("takes a mount of AWS's helper for the file system where the old script's line tells that it is", () => {
    const because = 'the file system must be mounted at each boot'
    const text = `this line of the old script was replaced in /etc/fstab: ${oldLine.trimEnd()}`
    expect(decide({ ...helped, fstab: `${base}${oldLine}` })).toEqual(
      act(
        {
          ...write('/etc/fstab', `${base}${oldLine}`, helped.fstab ?? '', because),
          warnings: [{ code: 'FSTAB_OLD_ENTRY_REPLACED', text }],
        },
        exec('unit files or fstab are written', 'systemctl', 'daemon-reload'),
      ),
    )
  })

  test.each<[string, string | undefined, string, Partial<Config['efs']>]>([
    ['nothing', base, '(tls)', {}],
    ['no fstab', undefined, '(tls)', {}],
    ["the old script's line, without IAM,", oldLine, '(tls,iam)', { iam: true }],
    ["the old script's line, without an access point,", oldLine, '(tls,accesspoint=fsap-0)', { accessPoint: 'fsap-0' }],
    ["the old script's line, with TLS,", oldLine, '(without tls)', { tls: false }],
  ])("refuses a mount of AWS's helper of which %s tells", (_what, fstab, wanted, configured) => {
    expect(decide({ ...helped, fstab }, [], configured)).toEqual({
      is: 'refuse',
      code: 'EFS_OTHER_MOUNT',
      because: `what is mounted on /mnt/work may be another than fs-0123456789abcdef0:/ ${wanted}: /etc/fstab has no entry of the agent's`,
      hint: "unmount it first: systemctl stop 'mnt-work.mount'",
    })
  })

  test("takes another mount target for AWS's helper from the next mount on", () => {
    const entry = `${base}fs-0123456789abcdef0:/ /mnt/work efs tls,az=us-east-1b,${systemd} 0 0\n`
    expect(decide(helped, [], { availabilityZone: 'us-east-1b' })).toEqual(
      act(
        write('/etc/fstab', helped.fstab ?? '', entry, 'the file system must be mounted at each boot'),
        exec('unit files or fstab are written', 'systemctl', 'daemon-reload'),
      ),
    )
  })

  test('mounts plain NFS by name, when that is configured', () => {
    const plain = `${base}${dnsName}:/ /mnt/work nfs4 ${nfs},${systemd} 0 0\n`
    expect(decide({ ...helped, client: 'nfs', fstab: plain })).toMatchObject({ is: 'converged' })
    expect(decide({ ...helped, client: 'nfs', fstab: undefined })).toEqual(
      act(
        write('/etc/fstab', undefined, plain.slice(base.length), 'the file system must be mounted at each boot'),
        exec('unit files or fstab are written', 'systemctl', 'daemon-reload'),
      ),
    )
  })
})

describe('EFS that mount.efs only says to have mounted', () => {
  const failed = {
    ...unmounted,
    client: 'efs-utils',
    hasHelper: true,
    fstab: `${base}fs-0123456789abcdef0:/ /mnt/work efs tls,${systemd} 0 0\n`,
    tunnel: undefined,
    mountUnit: { ...mountUnit, active: 'failed', result: 'protocol' },
  } as const

  test.each([
    ['Failed to mount fs-0123456789abcdef0 because the network was not yet available', '; the last try said: '],
    ['', ''],
  ])('is tried again, with what it said: %j', (mountWords, said) => {
    const what = 'mount.efs ends with exit code 0, but has mounted nothing'
    const obstacle = { code: 'EFS_HELPER_DID_NOT_MOUNT', for: `${what}; it said: ${mountWords || 'nothing'}` }
    const because = `/mnt/work is not mounted${said}${mountWords}`
    expect(decide({ ...failed, mountWords })).toEqual(act({ ...start(because), obstacle }, writeTest))
  })

  test('is not what a mount through the tunnel has to do with', () => {
    const seen = { ...unmounted, mountUnit: failed.mountUnit, mountWords: 'x' }
    expect(decide(seen)).toEqual(act(start('/mnt/work is not mounted; the last try said: x'), writeTest))
  })
})

describe('EFS that cannot be mounted', () => {
  const denied = 'mount.nfs4: access denied by server while mounting 127.0.0.1:/'
  const failed = { ...unmounted, mountUnit: { ...mountUnit, active: 'failed', result: 'exit-code' } }
  const tryAgain = (mountWords: string, obstacle?: object) =>
    act(
      { ...start(`/mnt/work is not mounted; the last try said: ${mountWords}`), ...(obstacle && { obstacle }) },
      writeTest,
    )

  test.each([
    denied,
    `mount.nfs4: Connection timed out; ${denied}`,
    'mount.nfs4: mounting 127.0.0.1:/ failed, reason given by server:; No such file or directory',
    String.raw`b'mount.nfs4: mounting 127.0.0.1:/ failed, reason given by server:\n  No such file or directory'`,
    'mount.nfs4: Operation not permitted',
  ])('is tried again, and known not to be exported: %s', (mountWords) => {
    const what = 'the mount target answers, but its NFS server lets nothing be mounted'
    const obstacle = { code: 'EFS_NOT_EXPORTED', for: `${what}; the last try said: ${mountWords}` }
    expect(decide({ ...failed, mountWords })).toEqual(tryAgain(mountWords, obstacle))
  })

  test.each<[string, Partial<Seen>]>([
    ['mount.nfs4: Connection refused', failed],
    [`${denied}; mount.nfs4: Connection timed out`, failed],
    ["FileNotFoundError: [Errno 2] No such file or directory: 'systemctl'", failed],
    [denied, { ...failed, mountUnit: { ...failed.mountUnit, result: 'timeout' } }],
  ])('is tried again, and nothing more is known: %s', (mountWords, seen) => {
    expect(decide({ ...seen, mountWords })).toEqual(tryAgain(mountWords))
  })
})

const oldName = 'fs-ffffffffffffffff0.efs.us-east-1.amazonaws.com'
const oldTunnel = withTunnel({ files: { conf: confText(oldName) } })
const byHelper: Partial<Seen> = { client: 'efs-utils', hasHelper: true, tunnel: undefined, tunnelled: [] }

describe('EFS with another fileSystemId than before', () => {
  test('takes the new one once the old one is unmounted', () => {
    expect(decide({ ...unmounted, ...oldTunnel })).toEqual(
      act(
        write(confPath, confText(oldName), confText(dnsName), 'it was changed'),
        exec('unit files or fstab are written', 'systemctl', 'daemon-reload'),
        exec('it runs with an older configuration', 'systemctl', 'reload', tunnelUnit),
        start('/mnt/work is not mounted'),
        writeTest,
      ),
    )
  })

  test.each<Seen['mountPoint']>([
    { is: 'writable' },
    { is: 'read-only', mount },
    { is: 'hanging', silence, reachability: open },
  ])('writes nothing while the old one is mounted: %j', (mountPoint) => {
    expect(decide({ mountPoint, ...oldTunnel })).toMatchObject({ is: 'refuse', code: 'EFS_OTHER_MOUNT' })
  })
})

describe('EFS refuses', () => {
  test.each<[string, Partial<Seen>, string, string, string]>([
    [
      'a mount point where something else is mounted',
      { mountPoint: { is: 'taken', mount: { ...mount, type: 'ext4', source: '/dev/nvme1n1' } } },
      'EFS_OTHER_MOUNT',
      '/dev/nvme1n1 (ext4) is mounted on /mnt/work, which is not what stunnel mounts on /mnt/work',
      "unmount it (systemctl stop 'mnt-work.mount') if it is not needed, or choose another efs.mountPoint",
    ],
    [
      'a new file system while the tunnel carries the mount of another',
      oldTunnel,
      'EFS_OTHER_MOUNT',
      `${oldName} is mounted on /mnt/work, not fs-0123456789abcdef0`,
      "unmount it first: systemctl stop 'mnt-work.mount'",
    ],
    [
      'a new file system at a new place while the tunnel carries the mount of another',
      { ...unmounted, ...oldTunnel, tunnelled: ['/mnt/old place'] },
      'EFS_OTHER_MOUNT',
      `${oldName} is mounted on /mnt/old place, not fs-0123456789abcdef0`,
      String.raw`unmount it first: systemctl stop 'mnt-old\x20place.mount'`,
    ],
    [
      "a new file system while AWS's helper has mounted another",
      { ...byHelper, fstab: `fs-ffffffffffffffff0:/ /mnt/work efs tls,${systemd} 0 0\n` },
      'EFS_OTHER_MOUNT',
      'fs-ffffffffffffffff0:/ (tls) is mounted on /mnt/work, not fs-0123456789abcdef0:/ (tls)',
      "unmount it first: systemctl stop 'mnt-work.mount'",
    ],
    [
      'a mount point that fstab gives to something else',
      { fstab: 'fs-0123456789abcdef0:/ /mnt/work/ efs _netdev,tls 0 0\n' },
      'FSTAB_CONFLICT',
      '/etc/fstab has an entry of somebody else for /mnt/work: fs-0123456789abcdef0:/ (efs)',
      'remove that entry, or choose another efs.mountPoint',
    ],
    [
      'a mount point that a unit file gives to something else',
      { mountUnit: { ...mountUnit, file: '/etc/systemd/system/mnt-work.mount' } },
      'EFS_OTHER_MOUNT',
      '/etc/systemd/system/mnt-work.mount takes the place of what /etc/fstab says of /mnt/work',
      'remove that unit file, or choose another efs.mountPoint',
    ],
    [
      'a mount point that is a link',
      { mountPoint: { ...bare, directory: { ...directory, kind: 'symlink', target: '/srv' } } },
      'MOUNT_POINT_NOT_DIRECTORY',
      '/mnt/work is no directory but a symlink to /srv',
      'move it away, or choose another efs.mountPoint',
    ],
    [
      'to mount what cannot prove that it is the file system',
      {
        ...unmounted,
        mountPoint: { ...bare, reachability: { is: 'rejected', ...way, trouble: 'self-signed certificate' } },
      },
      'EFS_CERTIFICATE_REJECTED',
      `the certificate of 10.0.1.5 is not accepted for ${dnsName}: self-signed certificate`,
      `see where the name leads (getent hosts ${dnsName}), and that ca-certificates is current`,
    ],
  ])('%s', (_what, changed, code, why, hint) => {
    expect(decide(changed)).toEqual({ is: 'refuse', code, because: why, hint })
  })
})
