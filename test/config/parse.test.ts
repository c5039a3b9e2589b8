import { describe, expect, test } from 'vitest'
import { parseConfig, problemLine } from '../../src/config/parse.ts'
import { least, writtenWith } from './written.ts'

const ofEfs =
  'fileSystemId, mountPoint, client, tls, iam, accessPoint, availabilityZone, mountTargetIp, utilsPackage, deadlineSeconds'

/** The problems as they are printed; none for a good configuration. */
function problems(text: string): readonly string[] {
  const parsed = parseConfig(text)
  return parsed.is === 'good' ? [] : parsed.problems.map(problemLine)
}

describe('a configuration', () => {
  test('that says only what it must gets the defaults', () => {
    expect(parseConfig(JSON.stringify(least))).toEqual({
      is: 'good',
      config: {
        role: 'frontend',
        hostname: 'frontend-server',
        packages: ['build-essential', 'git', 'curl', 'wget', 'emacs', 'docker.io', 'make'],
        efs: {
          fileSystemId: 'fs-0123456789abcdef0',
          mountPoint: '/mnt/work',
          client: 'auto',
          tls: true,
          iam: false,
          deadlineSeconds: 900,
        },
        dataVolume: {
          volumeId: 'vol-0123456789abcdef0',
          attach: false,
          fileSystem: 'ext4',
          mountPoint: '/mnt/shared',
          deadlineSeconds: 300,
        },
        nfs: { allowAnyClient: false, rootSquash: true, v3: false },
        slurm: {
          clusterName: 'slurm-cluster',
          stateSaveLocation: '/var/lib/slurm/slurmctld',
          nodes: [{ name: 'job-[1-4]', cpus: 2, memoryMiB: 3800 }],
          srunPorts: { from: 61_001, to: 63_000 },
          configless: false,
          partitions: [{ name: 'main', nodes: 'ALL', default: true, maxTime: 'INFINITE' }],
        },
        accounting: { enabled: false },
        users: [],
        convergeIntervalSeconds: 300,
        statusTag: false,
      },
    })
  })

  test('with its defaults written out is the same configuration', () => {
    const parsed = parseConfig(JSON.stringify(least))
    expect(parsed.is === 'good' && parseConfig(JSON.stringify(parsed.config))).toEqual(parsed)
  })

  test('may say which version it is written for', () => {
    expect(parseConfig(JSON.stringify({ version: 1, ...least }))).toMatchObject({ is: 'good', config: { version: 1 } })
    expect(problems(JSON.stringify({ version: 0, ...least }))).toEqual(['version: must be 1'])
    expect(problems(JSON.stringify({ version: '2', ...least }))).toEqual(['version: must be 1'])
  })

  test.each([2, 1.5])('of the version %d is refused for that alone', (version) => {
    expect(problems(JSON.stringify({ version, ...least, newKey: true }))).toEqual([
      'version: is newer than 1, the newest that this release knows; get a newer one by slurm-node-agent upgrade',
    ])
  })

  test('keeps what it says', () => {
    const nodes = [
      { name: 'job-[1-4]', cpus: 2, memoryMiB: 3800 },
      { name: 'gpu-1', cpus: 96, memoryMiB: 1_100_000 },
    ]
    const parsed = parseConfig(JSON.stringify(writtenWith('slurm.nodes', nodes)))
    expect(parsed).toMatchObject({ is: 'good', config: { slurm: { nodes } } })
  })

  test('names every problem at once, each with its place', () => {
    const text = JSON.stringify({
      hostname: 'front.example.com',
      packages: ['git', 'no such', '-y'],
      efs: { fileSystemId: 'fs-1', client: 'nfs4', deadlineSeconds: 1 },
      dataVolume: { volumeId: 'vol-0123456789abcdef0', fileSystem: 'btrfs', partition: 0, deviceName: '/dev/nvme1n1' },
      nfs: { clients: [], rootSquash: 'no', v3: 'no', threads: 0 },
      slurm: {
        nodes: [
          { name: 'job-[1-4]', cpus: 0, memoryMiB: 0, features: ['a&b'] },
          { name: 'gpu', gres: [{ name: 'GPU', type: '4090', count: 0, file: 'nvidia0' }, {}, 'gpu:2'] },
        ],
        partitions: [{ nodes: 'some', maxTime: 'forever' }],
      },
      convergeIntervalSeconds: 1.5,
    })
    const packageName = 'must be a Debian package name: lower-case letters, digits, "+", "." and inner "-"'
    expect(problems(text)).toEqual([
      'role: is missing, and must be "frontend" or "job"',
      'hostname: must be a host name of one label: lower-case letters, digits and inner hyphens, at most 63, no number and not "localhost"',
      `packages[1]: ${packageName}`,
      `packages[2]: ${packageName}`,
      'efs.fileSystemId: must be "fs-" and 8 or 17 hexadecimal digits',
      'efs.client: must be "auto", "efs-utils", "stunnel" or "nfs"',
      'efs.deadlineSeconds: must be a whole number of seconds from 10 to 86400',
      'dataVolume.deviceName: must be a device name as given to EC2, such as "/dev/sdf"',
      'dataVolume.partition: must be the number of a partition, from 1 to 128',
      'dataVolume.fileSystem: must be "ext4" or "xfs"',
      'nfs.clients: must name at least one client',
      'nfs.rootSquash: must be true or false',
      'nfs.v3: must be true or false',
      'nfs.threads: must be a whole number of threads from 1 to 1024',
      'slurm.nodes[0].cpus: must be a whole number of CPUs from 1 to 65535',
      'slurm.nodes[0].memoryMiB: must be a whole number of MiB from 1 to 100000000',
      'slurm.nodes[0].features[0]: must be a Slurm name: letters, digits, "_", "." and "-"',
      'slurm.nodes[1].gres[0].name: must be the name of a generic resource, such as "gpu": lower-case letters, digits, "_" and "-"',
      'slurm.nodes[1].gres[0].type: must be a type of a generic resource, such as "t4": letters, digits, "_", "." and "-", not "no_consume"',
      'slurm.nodes[1].gres[0].count: must be a whole number of units from 1 to 4294967295',
      'slurm.nodes[1].gres[0].file: must be device files, such as "/dev/nvidia0" or "/dev/nvidia[0-3]"',
      'slurm.nodes[1].gres[1].name: is missing, and must be the name of a generic resource, such as "gpu": lower-case letters, digits, "_" and "-"',
      'slurm.nodes[1].gres[2]: must be of type object',
      'slurm.partitions[0].name: is missing, and must be a Slurm name: letters, digits, "_", "." and "-"',
      'slurm.partitions[0].maxTime: must be a Slurm time: minutes, [days-]hours:minutes:seconds or "INFINITE"',
      'convergeIntervalSeconds: must be a whole number of seconds from 0 to 604800',
    ])
  })

  const badHostname =
    'hostname: must be a host name of one label: lower-case letters, digits and inner hyphens, at most 63, no number and not "localhost"'

  test.each([
    ['a wrong value', { hostname: 'a.b', efs: { mountPoint: '/usr' } }, badHostname],
    [
      'a value that is missing',
      { role: undefined, efs: { mountPoint: '/usr' } },
      'role: is missing, and must be "frontend" or "job"',
    ],
    [
      'a wrong value beside it',
      { efs: { mountPoint: '/usr', client: 'nfs4' } },
      'efs.client: must be "auto", "efs-utils", "stunnel" or "nfs"',
    ],
    ['an unknown key beside it', { efs: { mountPoint: '/usr', key: 1 } }, `efs.key: is not known; known are ${ofEfs}`],
    [
      'a fault in a list',
      { packages: ['git', 'no such', 'git'], efs: { mountPoint: '/usr' } },
      'packages[1]: must be a Debian package name: lower-case letters, digits, "+", "." and inner "-"',
    ],
  ])('also names what does not go together when there is %s', (_what, { efs, ...parts }, problem) => {
    const text = JSON.stringify({ ...least, ...parts, efs: { ...least.efs, ...efs } })
    expect(problems(text)).toEqual([problem, 'efs.mountPoint: must not be in a system directory: /usr'])
  })

  test.each([
    [
      'a mount point',
      { efs: { ...least.efs, mountPoint: 'work' }, dataVolume: { ...least.dataVolume, mountPoint: '/mnt/work' } },
      /^efs\.mountPoint: must be an absolute path/,
    ],
    [
      'the nodes',
      { slurm: { nodes: [{ name: 'a', cpus: 0, memoryMiB: 1 }], partitions: [{ name: 'p', nodes: 'a' }] } },
      /^slurm\.nodes\[0\]\.cpus: must be/,
    ],
    [
      'a client',
      { nfs: { clients: ['10.0.0.1/16', '*'] } },
      /^nfs\.clients\[0\]: must be the address of the network itself: "10\.0\.0\.0\/16"$/,
    ],
    [
      'a whole section',
      { efs: 'fs-01234567', dataVolume: { ...least.dataVolume, mountPoint: '/mnt/work' } },
      /^efs: must/,
    ],
  ])('holds nothing against faulty values of %s', (_what, parts, problem) => {
    expect(problems(JSON.stringify({ ...least, ...parts }))).toEqual([expect.stringMatching(problem)])
  })

  test.each([
    ['packages', 'git', 'packages: must be of type array'],
    ['slurm', [], 'slurm: must be of type object'],
    ['slurm.nodes', { name: 'a' }, 'slurm.nodes: must be of type array'],
    ['efs', null, 'efs: must be an object with a fileSystemId'],
    ['dataVolume', 'vol-0123456789abcdef0', 'dataVolume: must be an object with a volumeId or a deviceName'],
    ['nfs', true, 'nfs: must be of type object'],
    [
      'hostname',
      7,
      'hostname: must be a host name of one label: lower-case letters, digits and inner hyphens, at most 63, no number and not "localhost"',
    ],
  ])('with the wrong kind of value in %s says which is right', (path, value, problem) => {
    expect(problems(JSON.stringify(writtenWith(path, value)))).toEqual([problem])
  })
})

describe('a file that is no configuration', () => {
  test.each([
    ['an empty file', '', 'must be a JSON object; the file is empty'],
    ['a file of blanks', ' \n\t\n', 'must be a JSON object; the file is empty'],
    ['a half-written file', '{"role": "frontend",', expect.stringMatching(/^must be JSON: .* at position 20/)],
    ['text', 'role: frontend', expect.stringMatching(/^must be JSON: Unexpected token 'r'/)],
    ['an array', '[{}]', 'must be a JSON object'],
    ['null', 'null', 'must be a JSON object'],
    ['a number', '3', 'must be a JSON object'],
    ['a string', '"frontend"', 'must be a JSON object'],
  ])('is told as such: %s', (_kind, text, problem) => {
    expect(problems(text)).toEqual([problem])
  })

  test('cut off anywhere is refused', () => {
    const whole = JSON.stringify(least)
    for (let length = 0; length < whole.length; length += 1) expect(problems(whole.slice(0, length))).toHaveLength(1)
  })
})

describe('a key that is not known', () => {
  const nothingLikeIt =
    'known are version, role, hostname, packages, efs, dataVolume, nfs, slurm, accounting, users, convergeIntervalSeconds, statusTag'

  test.each([
    ['hostnam', 'hostnam: is not known; did you mean "hostname"?'],
    ['HOSTNAME', 'HOSTNAME: is not known; did you mean "hostname"?'],
    ['dataVolumes', 'dataVolumes: is not known; did you mean "dataVolume"?'],
    ['munge', `munge: is not known; ${nothingLikeIt}`],
    ['__proto__', `__proto__: is not known; ${nothingLikeIt}`],
    ['constructor', `constructor: is not known; ${nothingLikeIt}`],
    ['efs.mountpoint', 'efs.mountpoint: is not known; did you mean "mountPoint"?'],
    ['efs.key', `efs.key: is not known; known are ${ofEfs}`],
    ['nfs.client', 'nfs.client: is not known; did you mean "clients"?'],
    ['slurm.partition', 'slurm.partition: is not known; did you mean "partitions"?'],
  ])('is refused with the nearest: %s', (path, problem) => {
    const text = JSON.stringify(writtenWith(path.replace('__proto__', 'PROTO'), {})).replace('PROTO', '__proto__')
    expect(problems(text)).toEqual([problem])
  })

  test('is found in lists too', () => {
    const node = { name: 'a', cpus: 1, memoryMiB: 1, memory: 2 }
    expect(problems(JSON.stringify(writtenWith('slurm.nodes', [node])))).toEqual([
      'slurm.nodes[0].memory: is not known; did you mean "memoryMiB"?',
    ])
  })

  test('cannot steer the terminal or forge a line', () => {
    expect(problems(JSON.stringify(writtenWith('a\n\u001b[2Jb\u009b\u202e', 1)))).toEqual([
      `a\\u{000a}\\u{001b}[2Jb\\u{009b}\\u{202e}: is not known; ${nothingLikeIt}`,
    ])
  })
})
