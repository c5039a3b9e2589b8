import { describe, expect, test } from 'vitest'
import { fsckUnit, parseShow, parseTimestamp, pathUnit, unitFiles } from '../../src/formats/systemd.ts'

test('fsckUnit names the check of a device', () => {
  expect(fsckUnit('/dev/disk/by-uuid/3b9e-2b2a')).toBe('systemd-fsck@dev-disk-by\\x2duuid-3b9e\\x2d2b2a.service')
})

describe('pathUnit', () => {
  // As `systemd-escape --path --suffix=mount` prints them (systemd 252).
  test.each([
    ['/', '-.mount'],
    ['/mnt/work', 'mnt-work.mount'],
    ['/mnt/work/', 'mnt-work.mount'],
    ['/mnt//x/', 'mnt-x.mount'],
    ['/mnt/a-b', 'mnt-a\\x2db.mount'],
    ['/mnt/a--b', 'mnt-a\\x2d\\x2db.mount'],
    ['/mnt/work-', 'mnt-work\\x2d.mount'],
    ['/-x', '\\x2dx.mount'],
    ['/mnt/.hidden', 'mnt-.hidden.mount'],
    ['/.hidden/x', '\\x2ehidden-x.mount'],
    ['/...', '\\x2e...mount'],
    ['/mnt/...', 'mnt-....mount'],
    ['/mnt/a_b', 'mnt-a_b.mount'],
    ['/mnt/a_b:c.d', 'mnt-a_b:c.d.mount'],
    ['/srv/A.9', 'srv-A.9.mount'],
    ['/mnt/a b', 'mnt-a\\x20b.mount'],
    ['/mnt/x@y', 'mnt-x\\x40y.mount'],
    ['/a\\b', 'a\\x5cb.mount'],
  ])('of %s is %s', (path, unit) => {
    expect(pathUnit(path, 'mount')).toBe(unit)
  })

  test('has the suffix that is asked for', () => expect(pathUnit('/mnt/work', 'automount')).toBe('mnt-work.automount'))
})

describe('parseShow', () => {
  test('reads the properties of several units, in order', () => {
    const stdout =
      'ActiveState=active\nMainPID=712\nExecMainStartTimestamp=Mon 2026-11-23 16:01:49.123456 UTC\n\nActiveState=inactive\nMainPID=0\nExecMainStartTimestamp=\n'
    expect(parseShow(stdout)).toEqual([
      { ActiveState: 'active', MainPID: '712', ExecMainStartTimestamp: 'Mon 2026-11-23 16:01:49.123456 UTC' },
      { ActiveState: 'inactive', MainPID: '0', ExecMainStartTimestamp: '' },
    ])
  })

  test('keeps the equals signs of a value', () => {
    expect(
      parseShow('ExecStart={ path=/usr/sbin/munged ; argv[]=/usr/sbin/munged --key-file=/etc/munge/munge.key }\n'),
    ).toEqual([{ ExecStart: '{ path=/usr/sbin/munged ; argv[]=/usr/sbin/munged --key-file=/etc/munge/munge.key }' }])
  })
})

describe('parseTimestamp', () => {
  test.each([
    ['Mon 2026-11-23 16:01:49.123456 UTC', Date.UTC(2026, 10, 23, 16, 1, 49, 123)],
    ['Mon 2026-11-23 16:01:49 UTC', Date.UTC(2026, 10, 23, 16, 1, 49)],
    ['Thu 1970-01-01 00:00:00 UTC', 0],
    ['n/a', undefined],
    ['', undefined],
    ['Mon 2026-11-23 16:01:49 CET', undefined],
    ['@1795449709', undefined],
  ])('of %j', (timestamp, ms) => {
    expect(parseTimestamp(timestamp)).toBe(ms)
  })
})

test('unitFiles has the unit, its drop-ins, and each file of its environment', () => {
  const stdout = `EnvironmentFiles=/etc/default/slurmd (ignore_errors=yes)
EnvironmentFiles=/etc/slurmd.env (ignore_errors=no)
ExecStart={ path=/usr/sbin/slurmd ; argv[]=/usr/sbin/slurmd -D -s $SLURMD_OPTIONS ; ignore_errors=no }
FragmentPath=/lib/systemd/system/slurmd.service
DropInPaths=/etc/systemd/system/slurmd.service.d/a.conf /etc/systemd/system/slurmd.service.d/b.conf
`
  expect(unitFiles(stdout)).toEqual([
    '/etc/default/slurmd',
    '/etc/slurmd.env',
    '/lib/systemd/system/slurmd.service',
    '/etc/systemd/system/slurmd.service.d/a.conf',
    '/etc/systemd/system/slurmd.service.d/b.conf',
  ])
  expect(unitFiles('DropInPaths=\nFragmentPath=\n')).toEqual([])
})
