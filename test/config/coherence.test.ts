import { describe, expect, test } from 'vitest'
import { parseConfig, problemLine } from '../../src/config/parse.ts'
import { writtenWith } from './written.ts'

function problems(path: string, value: unknown): readonly string[] {
  const parsed = parseConfig(JSON.stringify(writtenWith(path, value)))
  return parsed.is === 'good' ? [] : parsed.problems.map(problemLine)
}

describe('a mount point', () => {
  test.each([
    '/etc',
    '/usr/local/data',
    '/var/lib/data',
    '/boot/efi',
    '/tmp/x',
    '/dev/shm',
    '/run/x',
    '/root/x',
    '/snap/x',
    '/etc/munge',
    '/var/lib/munge',
    '/var/log/munge',
    '/run/munge',
    '/var',
  ])('is not %s, of the system', (place) => {
    expect(problems('efs.mountPoint', place)).toEqual([`efs.mountPoint: must not be in a system directory: ${place}`])
    expect(problems('dataVolume.mountPoint', place)).toContain(
      `dataVolume.mountPoint: must not be in a system directory: ${place}`,
    )
  })

  test.each(['efs.mountPoint', 'dataVolume.mountPoint'])('is not the root of the system, in %s', (path) => {
    expect(problems(path, '/')).toEqual([expect.stringMatching(new RegExp(`^${path}: must be an absolute path of`))])
  })

  test.each(['/opt', '/opt/slurm-node-agent', '/opt/slurm-node-agent/current'])(
    "is not %s, the agent's own",
    (place) => {
      const problem = `must lie apart from /opt/slurm-node-agent, the agent's own: ${place}`
      expect(problems('efs.mountPoint', place)).toEqual([`efs.mountPoint: ${problem}`])
      expect(problems('dataVolume.mountPoint', place)).toEqual([`dataVolume.mountPoint: ${problem}`])
    },
  )

  test.each(['/home', '/data', '/srv/work', '/media/efs', '/opt/work', '/etcetera', '/mnt/etc'])(
    'may be %s',
    (place) => {
      expect(problems('efs.mountPoint', place)).toEqual([])
    },
  )

  test.each(['/mnt/work', '/mnt/work/data', '/mnt'])(
    'of the data volume is not %s, where EFS is at /mnt/work',
    (place) => {
      expect(problems('dataVolume.mountPoint', place)).toEqual([
        `dataVolume.mountPoint: must lie apart from efs.mountPoint: ${place} and /mnt/work`,
      ])
    },
  )

  test('may begin like the other', () => {
    expect(problems('dataVolume.mountPoint', '/mnt/workshop')).toEqual([])
  })
})

describe('the place of the state of slurmctld', () => {
  const path = 'slurm.stateSaveLocation'

  test.each([
    '/var/lib/slurm/slurmctld',
    '/var/spool/slurmctld',
    '/var/spool/slurm/state',
    '/mnt/work/state',
    '/mnt/work/slurmctld',
    '/mnt/shared/slurmctld',
    '/mnt/shared/slurm/state',
    '/srv/slurm',
  ])('may be %s', (place) => {
    expect(problems(path, place)).toEqual([])
  })

  test.each([
    '/etc',
    '/etc/slurm',
    '/var',
    '/var/lib',
    '/var/log/slurm',
    '/usr/lib',
    '/srv',
    '/home',
    '/run/slurm',
    '/snap/x',
    '/var/lib/slurm',
    '/var/lib/slurm-node-agent',
    '/var/lib/dpkg',
    '/var/lib/dpkg/info',
    '/var/spool/cron',
    '/opt/slurm-node-agent',
    '/opt/x',
    '/home/ubuntu',
    '/etc/munge',
    '/var/lib/munge',
  ])('is not %s, which others live in', (place) => {
    expect(problems(path, place)).toEqual([
      `${path}: must be a directory of its own, below /var/lib/slurm, /var/spool/slurm… or a directory outside of the system: ${place}`,
    ])
  })

  test('is not the share itself', () => {
    expect(problems(path, '/mnt/work')).toEqual([`${path}: must not hold efs.mountPoint: /mnt/work`])
  })

  test.each(['/mnt/work/slurm', '/mnt/work/slurm/munge', '/mnt/work/slurm/state'])(
    "is not %s, where the cluster's key is",
    (place) => {
      expect(problems(path, place)).toEqual([
        `${path}: must lie apart from the cluster's directory on the share /mnt/work/slurm: ${place}`,
      ])
    },
  )

  const volume = (mountPoint: string) => ({ volumeId: 'vol-01234567', mountPoint })

  test.each([
    ['/mnt/shared', volume('/mnt/shared')],
    ['/srv/slurm', volume('/srv/slurm/data')],
  ])('does not hold the exported tree: %s', (place, dataVolume) => {
    const parsed = parseConfig(JSON.stringify({ ...writtenWith(path, place), dataVolume }))
    const { mountPoint } = dataVolume
    const problem = `must not hold the exported tree ${mountPoint}, which only slurm could then enter; take a directory below it, as ${mountPoint}/slurmctld`
    expect(parsed).toEqual({ is: 'bad', problems: [{ path, problem }] })
  })

  test('may be on the data volume and on EFS, wherever they are', () => {
    const efs = { fileSystemId: 'fs-0123456789abcdef0', mountPoint: '/efs' }
    const dataVolume = volume('/home/data')
    for (const place of ['/efs/slurmctld', '/home/data/slurmctld']) {
      expect(parseConfig(JSON.stringify({ ...writtenWith(path, place), efs, dataVolume })).is).toBe('good')
    }
  })
})

describe("the place of MariaDB's data", () => {
  const path = 'accounting.directory'
  const of = (directory: string, enabled = true) => problems('accounting', { enabled, directory })

  test.each([
    '/var/lib/slurm-accounting',
    '/srv/accounting',
    '/srv/accounting/mysql',
    '/mnt/accounting/mysql',
    '/mnt/shared/mysql',
    '/mnt/shared/a/b',
  ])('may be %s', (place) => expect(of(place)).toEqual([]))

  test.each([
    '/var/lib/mysql',
    '/var/lib/slurm-accounting/sub',
    '/var/lib/slurm/mysql',
    '/etc/mysql',
    '/srv',
    '/home/mysql',
    '/opt/mysql',
  ])('is not %s, which others live in', (place) => {
    expect(of(place)).toEqual([
      `${path}: must be /var/lib/slurm-accounting, or a directory of its own outside of the system and of /home, such as /srv/accounting/mysql: ${place}`,
    ])
  })

  test('is on the data volume by default, wherever that is', () => {
    const written = {
      ...writtenWith('accounting', { enabled: true }),
      slurm: { stateSaveLocation: '/data/slurm-accounting' },
    }
    const at = (mountPoint: string) =>
      parseConfig(JSON.stringify({ ...written, dataVolume: { volumeId: 'vol-01234567', mountPoint } }))
    const problem = 'must lie apart from the state of slurmctld /data/slurm-accounting: /data/slurm-accounting'
    expect(at('/data')).toEqual({ is: 'bad', problems: [{ path, problem }] })
    expect(at('/opt/data').is).toBe('good')
    expect(at('/home/data')).toMatchObject({ is: 'bad', problems: [{ path }] })
  })

  test('is not on EFS', () => {
    expect(of('/mnt/work/mysql')).toEqual([`${path}: must lie apart from the share /mnt/work: /mnt/work/mysql`])
  })

  test('is not in the state of slurmctld', () => {
    const written = { ...writtenWith('accounting', { enabled: true, directory: '/srv/slurm/mysql' }) }
    const parsed = parseConfig(JSON.stringify({ ...written, slurm: { stateSaveLocation: '/srv/slurm' } }))
    const problem = 'must lie apart from the state of slurmctld /srv/slurm: /srv/slurm/mysql'
    expect(parsed).toEqual({ is: 'bad', problems: [{ path, problem }] })
  })

  test('is looked at only where there is accounting', () => {
    expect(of('/etc/mysql', false)).toEqual([])
  })
})

describe('the clients of the export', () => {
  test('are not everybody by a slip', () => {
    expect(problems('nfs', { clients: ['10.0.0.0/16', '*'] })).toEqual([
      'nfs.clients[1]: must not be "*", everybody who reaches this machine, unless nfs.allowAnyClient is true',
    ])
  })

  test.each([
    ['everybody where that is said', { clients: ['*'], allowAnyClient: true }],
    ['networks, although everybody might be', { clients: ['10.0.0.0/16'], allowAnyClient: true }],
    ["the VPC's networks", { allowAnyClient: true }],
  ])('may be %s', (_who, nfs) => {
    expect(problems('nfs', nfs)).toEqual([])
  })
})

const node = (name: string) => ({ name, cpus: 1, memoryMiB: 1000 })

describe('names', () => {
  test.each([
    ['packages', ['git', 'make', 'git'], 'packages: must not name twice: git'],
    ['nfs.clients', ['10.0.0.0/8', '10.0.0.0/8'], 'nfs.clients: must not name twice: 10.0.0.0/8'],
    ['slurm.nodes', [node('a'), node('a')], 'slurm.nodes: must not name twice: a'],
    ['slurm.nodes', [node('job-[1-4]'), node('job-3')], 'slurm.nodes: must not name twice: job-3'],
    ['slurm.nodes', [node('job-[1-4,2-3]')], 'slurm.nodes: must not name twice: job-2, job-3'],
    [
      'slurm.nodes',
      [node('a[1-9]'), node('a[1-9]')],
      'slurm.nodes: must not name twice: a1, a2, a3, a4, a5 and 4 more',
    ],
    ['slurm.partitions', [{ name: 'a' }, { name: 'a' }], 'slurm.partitions: must not name twice: a'],
    [
      'slurm.nodes',
      [{ ...node('a'), features: ['t4', 'b', 't4'] }],
      'slurm.nodes[0].features: must not name twice: t4',
    ],
    ['slurm.nodes', [node('default')], 'slurm.nodes: must not have a name that means something to Slurm: default'],
    ['slurm.nodes', [node('ALL')], 'slurm.nodes: must not have a name that means something to Slurm: ALL'],
    [
      'slurm.partitions',
      [{ name: 'DEFAULT' }],
      'slurm.partitions: must not have a name that means something to Slurm: DEFAULT',
    ],
    [
      'slurm.nodes',
      [node('job-[4-1]')],
      'slurm.nodes[0].name: must have ranges that run upwards, and 65536 nodes at most: job-[4-1]',
    ],
    [
      'slurm.nodes',
      [node('a'), node('b[1-99999]')],
      'slurm.nodes[1].name: must have ranges that run upwards, and 65536 nodes at most: b[1-99999]',
    ],
    [
      'slurm.partitions',
      [{ name: 'a', nodes: 'job-[3-6]' }],
      'slurm.partitions[0].nodes: must be among slurm.nodes: job-5, job-6',
    ],
    [
      'slurm.partitions',
      [{ name: 'a', nodes: 'job-[4-1]' }],
      'slurm.partitions[0].nodes: must be among slurm.nodes: job-[4-1]',
    ],
    [
      'slurm.partitions',
      [
        { name: 'a', default: true },
        { name: 'b', default: true },
      ],
      'slurm.partitions: must have one default at most: a, b',
    ],
  ])('in %s as %j are a problem', (path, value, problem) => {
    expect(problems(path, value)).toEqual([problem])
  })

  test('may be there once each, and partitions may share nodes', () => {
    expect(
      problems('slurm', {
        nodes: [node('a-[1-4]'), node('b')],
        partitions: [{ name: 'x', nodes: 'a-[1-2],b' }, { name: 'y' }],
      }),
    ).toEqual([])
  })

  test('slurmctld dies without a node or without a partition', () => {
    expect(problems('slurm', { nodes: [], partitions: [] })).toEqual([
      'slurm.nodes: must have at least one entry',
      'slurm.partitions: must have at least one entry',
    ])
  })
})

describe('the data volume', () => {
  const needed = 'dataVolume.volumeId: must be given'

  test.each([
    ['its ID', { volumeId: 'vol-0123456789abcdef0' }],
    ['its device name', { deviceName: '/dev/sdf' }],
    ['both', { volumeId: 'vol-0123456789abcdef0', deviceName: '/dev/sdh' }],
    ['its ID, to be attached', { volumeId: 'vol-0123456789abcdef0', attach: true }],
  ])('may be named by %s', (_what, dataVolume) => {
    expect(problems('dataVolume', dataVolume)).toEqual([])
  })

  test.each([
    ['nothing', {}, ', unless a deviceName is: one of the two tells which volume it is'],
    [
      'a device name alone where it is to be attached',
      { deviceName: '/dev/sdf', attach: true },
      ' for the volume to be attached; a deviceName alone names what is attached already',
    ],
    [
      'nothing where it is to be attached',
      { attach: true },
      ' for the volume to be attached; a deviceName alone names what is attached already',
    ],
  ])('is not named by %s', (_what, dataVolume, problem) => {
    expect(problems('dataVolume', dataVolume)).toEqual([`${needed}${problem}`])
  })

  test('that is not named is told of beside other faults, but not where its name is the fault', () => {
    const fault = 'dataVolume.mountPoint: must be an absolute path'
    expect(problems('dataVolume', { mountPoint: 'x' })).toEqual([
      expect.stringContaining(fault),
      expect.stringContaining(needed),
    ])
    expect(problems('dataVolume', { volumeId: 'vol-1' })).toHaveLength(1)
    expect(problems('dataVolume', { deviceName: '/dev/nvme1n1' })).toHaveLength(1)
    expect(problems('dataVolume', { deviceName: '/dev/sdf', attach: 'yes' })).toHaveLength(1)
  })
})

describe('the name of a job server', () => {
  function nameProblems(hostname: string): readonly string[] {
    const parsed = parseConfig(JSON.stringify({ role: 'job', hostname, efs: { fileSystemId: 'fs-0123456789abcdef0' } }))
    return parsed.is === 'good' ? [] : parsed.problems.map(problemLine)
  }

  test.each(['job-1', 'job-[1-4]', 'gpu[01-16,20]'])('may be %s', (hostname) => {
    expect(nameProblems(hostname)).toEqual([])
  })

  test.each([
    ['job-[4-1]', 'must have ranges that run upwards, and 65536 nodes at most: job-[4-1]'],
    ['job-[1-70000]', 'must have ranges that run upwards, and 65536 nodes at most: job-[1-70000]'],
    ['job-[1-3,2]', 'must not name twice: job-2'],
  ])('is not %s', (hostname, problem) => {
    expect(nameProblems(hostname)).toEqual([`hostname: ${problem}`])
  })

  test('is told to be no list of ranges', () => {
    expect(nameProblems('job-[1-4],gpu')).toEqual([
      expect.stringMatching(
        /^hostname: must be a host name of one label: .*; or a range of such names, as "job-\[1-4\]"$/,
      ),
    ])
  })
})

describe('a home', () => {
  const other = (place: string, slurm: object, accounting: object) => {
    const users = [{ name: 'ada', uid: 2001, home: place }]
    const parsed = parseConfig(JSON.stringify({ ...writtenWith('users', users), slurm, accounting }))
    return parsed.is === 'good' ? [] : parsed.problems.map(problemLine)
  }
  const slurm = { stateSaveLocation: '/mnt/shared/state' }

  test.each(['/mnt/shared/state', '/mnt/shared/state/ada', '/mnt/shared/slurm-accounting'])(
    'is not %s, which is that of a daemon',
    (place) => {
      expect(other(place, slurm, { enabled: true })).toEqual([
        `users[0].home: must be a directory below /mnt/work or /mnt/shared, and apart from /mnt/work/slurm, /mnt/shared/state, /mnt/shared/slurm-accounting: ${place}`,
      ])
    },
  )

  test('may be what no daemon has', () => {
    expect(other('/mnt/shared/slurm-accounting', slurm, { enabled: false })).toEqual([])
  })
})
