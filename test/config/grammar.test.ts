import { describe, expect, test } from 'vitest'
import * as z from 'zod/mini'
import * as grammar from '../../src/config/grammar.ts'

/** What no kind of string may be: each would be something else in a file, an argv, a shell or a terminal. */
const attacks = [
  '',
  ' ',
  '\n',
  '\0',
  '-',
  '--help',
  '-rf',
  '..',
  '.',
  '*',
  '#',
  '!',
  '$(reboot)',
  '`reboot`',
  '${IFS}',
  ';reboot',
  '|sh',
  '&',
  '>x',
  '"',
  "'",
  '\\',
  '\\040',
  '%n',
  '~',
  'é',
  '\u00a0',
  '\u2028',
  '\u202e',
  '\ufeff',
  'ａ',
]

const hexadecimal = '0123456789abcdef0'

const kinds = {
  hostName: {
    kind: grammar.hostName,
    good: ['frontend-server', 'a', '3com', 'ip-10-0-0-5', 'a'.repeat(63), '0xg', 'localhost1'],
    bad: ['Frontend', 'a.b', 'a_b', '-a', 'a-', 'a'.repeat(64), '10', '0x7f', '0x', 'localhost', 'front end'],
  },
  hostNameOrRange: {
    kind: grammar.hostNameOrRange,
    good: ['job-1', '3com', 'a'.repeat(63), 'job-[1-4]', 'job[01-16,20]', `${'a'.repeat(52)}[1]`],
    bad: [
      'Job-[1-4]',
      'job-[1-4],gpu',
      'job-[1-4]x',
      'job-[]',
      'job-[1-]',
      'job-[a]',
      'job-[1-100000]',
      '3com[1]',
      '[1-4]',
      'a.b[1]',
      `${'a'.repeat(53)}[1]`,
      'a'.repeat(64),
      'localhost',
      '10',
    ],
  },
  packageName: {
    kind: grammar.packageName,
    good: ['git', 'g++', 'docker.io', 'libstdc++6', '7zip', 'build-essential', 'x2'],
    bad: [
      'bash-',
      'a',
      'Git',
      '+a',
      '.a',
      'git=1.0',
      'git/stable',
      'git:amd64',
      './a.deb',
      'a_b',
      'git ^ssh',
      '~n',
      '?all',
    ],
  },
  fileSystemId: {
    kind: grammar.fileSystemId,
    good: ['fs-01234567', `fs-${hexadecimal}`],
    bad: [
      'fs-',
      'fs-0123456',
      'fs-012345678',
      `fs-${hexadecimal}0`,
      'fs-0123456789ABCDEF0',
      `vol-${hexadecimal}`,
      `fs-${hexadecimal}.efs`,
    ],
  },
  accessPointId: {
    kind: grammar.accessPointId,
    good: [`fsap-${hexadecimal}`],
    bad: ['fsap-', 'fsap-01234567', `fsap-${hexadecimal}0`, 'fsap-0123456789ABCDEF0', `fs-${hexadecimal}`],
  },
  availabilityZone: {
    kind: grammar.availabilityZone,
    good: ['us-east-1a', 'us-gov-west-1b', 'cn-north-1a', 'us-west-2-lax-1a', 'ap-southeast-10c'],
    bad: ['us-east-1', 'use1-az1', 'us-east-1A', 'a', 'us-east-1ab', 'us-east-1a.x', 'us,east-1a', 'us=east-1a'],
  },
  ipv4Address: {
    kind: grammar.ipv4Address,
    good: ['10.0.1.5', '0.0.0.0', '255.255.255.255'],
    bad: ['10.0.1', '10.0.1.256', '010.0.1.5', '10.0.1.5/32', '10.0.1.5:2049', '::1', '0x0a000105', 'fs-0'],
  },
  httpsUrl: {
    kind: grammar.httpsUrl,
    good: ['https://example.com/a.deb', 'https://mirror.lab.internal:8443/pool/amazon-efs-utils-3.2.0-1_amd64.deb'],
    bad: [
      'http://example.com/a.deb',
      'https://example.com',
      'https://example.com/',
      'https://example.com/a.deb?x=1',
      'https://user:secret@example.com/a.deb',
      'https://example.com/a%20b',
      'https://[::1]/a.deb',
      'https:///a.deb',
      'file:///a.deb',
    ],
  },
  sha256: {
    kind: grammar.sha256,
    good: ['0123456789abcdef'.repeat(4)],
    bad: ['a'.repeat(63), 'a'.repeat(65), 'A'.repeat(64), 'g'.repeat(64)],
  },
  volumeId: {
    kind: grammar.volumeId,
    good: ['vol-01234567', `vol-${hexadecimal}`],
    bad: ['vol-', `vol${hexadecimal}`, 'vol-0123456', `vol-${hexadecimal}0`, `VOL-${hexadecimal}`, `fs-${hexadecimal}`],
  },
  deviceName: {
    kind: grammar.deviceName,
    good: ['/dev/sdf', '/dev/xvdf', '/dev/sdba', '/dev/xvdba'],
    bad: ['/dev/sda1', '/dev/nvme1n1', 'sdf', '/dev/sd', '/dev/../etc', '/dev/sdF', '/dev/mapper/a', '/dev/sdabc'],
  },
  absolutePath: {
    kind: grammar.absolutePath,
    good: ['/mnt/work', '/a', '/mnt/.hidden', '/mnt/...', '/srv/a_b-c.d', '/-x', '/mnt/a..b'],
    bad: [
      '/',
      'mnt',
      '/mnt/',
      '/mnt//work',
      '/mnt/..',
      '/mnt/../etc',
      '/./mnt',
      '/mnt/.',
      '/mnt/a b',
      '/mnt/a,b',
      '/mnt/a:b',
      '/mnt/(rw)',
      '/mnt/é',
    ],
  },
  clusterName: {
    kind: grammar.clusterName,
    good: ['slurm-cluster', 'a', 'c_1', `a${'b'.repeat(39)}`],
    bad: ['Cluster', '1c', '-a', `a${'b'.repeat(40)}`, 'a.b', 'a=b'],
  },
  slurmName: {
    kind: grammar.slurmName,
    good: ['main', 'GPU', 'long_jobs', 'p-1.5', 'DEFAULTS'],
    bad: ['1a', '_a', 'a b', 'a,b', 'a=b', 'a[1-2]', 'a'.repeat(64)],
  },
  nodeNames: {
    kind: grammar.nodeNames,
    good: ['job-1', 'job-[1-4]', 'job-[1-4,7,10-12]', 'a,b', 'a[1],b[02-10]', 'Job'],
    bad: [
      'job-[',
      'job-[]',
      'job-[1-]',
      'job-[a]',
      'job-[1-2-3]',
      'job-1,',
      ',job',
      'job-[1-4]x',
      'a b',
      '1a',
      'a.b',
      'a[1-2][3-4]',
      'a{1..4}',
    ],
  },
  gresName: {
    kind: grammar.gresName,
    good: ['gpu', 'mps', 'net-bw', 'tape_2', 'a'.repeat(40)],
    bad: ['GPU', '2tapes', '_a', 'gpu:t4', 'gpu,tape', 'gpu=1', 'a.b', 'a'.repeat(41)],
  },
  gresType: {
    kind: grammar.gresType,
    good: ['t4', 'A100', 'a100_1g.5gb', 'rtx-a6000', 'no_consumer', 'a'.repeat(63)],
    bad: ['4090', '1g.5gb', '_a', 'no_consume', 'NO_CONSUME', 't4:2', 't4,v100', 'a'.repeat(64)],
  },
  deviceFiles: {
    kind: grammar.deviceFiles,
    good: [
      '/dev/nvidia0',
      '/dev/nvidia[0-3]',
      '/dev/nvidia[0,2-3,8]',
      '/dev/dri/renderD[128-129]',
      '/dev/tape-[01-16]',
    ],
    bad: [
      '/dev',
      '/dev/',
      'nvidia0',
      '/mnt/nvidia0',
      '/dev/../etc/shadow',
      '/dev/..[0-1]',
      '/dev//nvidia0',
      '/dev/nvidia0/',
      '/dev/[0-1]',
      '/dev/nvidia[]',
      '/dev/nvidia[0-]',
      '/dev/nvidia[a]',
      '/dev/nvidia[0-1]x',
      '/dev/nvidia[0-1][2]',
      '/dev/nvidia[0-10000]',
      '/dev/nvidia0,/dev/nvidia1',
      '/dev/a:b',
    ],
  },
  slurmTime: {
    kind: grammar.slurmTime,
    good: ['INFINITE', 'UNLIMITED', '60', '10080', '60:00', '12:00:00', '1-12', '7-00:00:00'],
    bad: ['infinite', '1-', '-1', '1:2', '1:00:00:00', '1d', '1.5', '12345678', '1-1-1'],
  },
} as const

describe.each(Object.entries(kinds))('%s', (_name, { kind, good, bad }) => {
  const accepts = (value: unknown) => z.safeParse(kind, value).success

  test.each(good)('takes %j', (value) => expect(accepts(value)).toBe(true))

  test.each([...bad, ...attacks])('refuses %j', (value) => expect(accepts(value)).toBe(false))

  test.each(['\n', ' ', '\0', '\r', '\t', ';', '$x', "'", '"', '`', '\\', '\u2028'])(
    'refuses %j before, after and within what it takes',
    (dirt) => {
      for (const value of good) {
        for (const dirty of [value + dirt, dirt + value, value[0] + dirt + value.slice(1)]) {
          expect([dirty, accepts(dirty)]).toEqual([dirty, false])
        }
      }
    },
  )

  test.each([undefined, null, 7, true, [], {}, ['a']])('refuses %j, which is no string', (value) => {
    expect(accepts(value)).toBe(false)
  })
})

const isTenToTwenty = (value: unknown) => z.safeParse(grammar.whole(10, 20, 'seconds'), value).success

describe('a whole number in a range', () => {
  test.each([10, 15, 20])('takes %d', (value) => expect(isTenToTwenty(value)).toBe(true))
  test.each([9, 21, 15.5, -15, 1e300, Number.NaN, Infinity, '15', null])('refuses %j', (value) =>
    expect(isTenToTwenty(value)).toBe(false),
  )
})

describe('the number of a partition', () => {
  const accepts = (value: unknown) => z.safeParse(grammar.partitionNumber, value).success
  test.each([1, 2, 128])('takes %d', (value) => expect(accepts(value)).toBe(true))
  test.each([0, -1, 129, 1.5, '1', null])('refuses %j', (value) => expect(accepts(value)).toBe(false))
})
