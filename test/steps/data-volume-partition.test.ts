import { describe, expect, test } from 'vitest'
import type { Decision } from '../../src/engine/decision.ts'
import { consentPath } from '../../src/formats/disk-consent.ts'
import { intentPath } from '../../src/formats/format-intent.ts'
import { lsblkArgv } from '../../src/formats/lsblk.ts'
import { dataVolume } from '../../src/steps/data-volume.ts'
import type { Disk } from '../../src/steps/disk-survey.ts'
import { fakeHost, type Script, signal } from '../fake-host.ts'
import { mountSaid, unitFiles } from './data-volume-machine.ts'
import {
  config,
  directory,
  disk,
  instanceId,
  link,
  reading,
  sizeBytes,
  uuid,
  volumeId,
  whole,
} from './data-volume-sights.ts'
import { dumpe2fsHeader } from './dumpe2fs-header.ts'

const partitionBytes = sizeBytes / 2

const device = (name: string, number: string, more: object) => ({
  kname: name,
  path: `/dev/${name}`,
  'maj:min': number,
  ro: false,
  uuid: null,
  mountpoints: [null],
  ...more,
})
const part = (number: number, more: object = {}) =>
  device(`nvme2n1p${number}`, `259:${4 + number}`, { type: 'part', size: partitionBytes, ...more })
const withParts = (...children: readonly object[]) => ({
  [lsblkArgv.join(' ')]: JSON.stringify({
    blockdevices: [device('nvme2n1', '259:4', { type: 'disk', size: sizeBytes, children })],
  }),
})

const probed = (path: string, type: string | undefined) => ({
  [`blkid --probe --output export ${path}`]: type === undefined ? { exitCode: 2 } : `TYPE=${type}\nUUID=${uuid}\n`,
})
const holding = (path: string, type: string | undefined) => ({
  ...probed(path, type),
  [`wipefs --no-act --json ${path}`]: JSON.stringify({
    signatures: type === undefined ? [] : [{ offset: '0x438', type, uuid }],
  }),
  [`dumpe2fs -h ${path}`]: type === 'ext4' ? dumpe2fsHeader(uuid, partitionBytes) : { exitCode: 19 },
})

const base: Script = {
  commands: { ...withParts(part(1), part(2)), ...mountSaid('') },
  files: {
    '/proc/self/mountinfo': '',
    '/proc/swaps': 'Filename\n',
    '/etc/fstab': '',
    [intentPath(volumeId)]: undefined,
    [consentPath(volumeId)]: undefined,
    '/proc/sys/kernel/random/boot_id': 'a boot\n',
    '/sys/class/block/nvme2n1/diskseq': undefined,
    '/sys/class/block/nvme2n1/stat': '9 0 72 3 5 0 40 2 0 4 5\n',
    '/sys/block/nvme2n1/device/serial': 'vol0123456789abcdef0\n',
    '/sys/block/nvme2n1/device/model': 'Amazon Elastic Block Store\n',
    '/sys/class/block/nvme2n1p1/partition': '1\n',
    '/sys/class/block/nvme2n1p2/partition': '2\n',
  },
  stats: {
    ...unitFiles,
    '/mnt/shared': directory,
    [`/dev/disk/by-uuid/${uuid}`]: { ...directory, target: '../../nvme2n1p1' },
  },
  directories: {
    '/mnt/shared': [],
    '/sys/block': ['nvme2n1'],
    '/sys/class/block/nvme2n1': ['nvme2n1p1', 'nvme2n1p2', 'holders'],
    '/sys/class/block/nvme2n1/holders': [],
    '/sys/class/block/nvme2n1p1': ['holders', 'partition'],
    '/sys/class/block/nvme2n1p1/holders': [],
  },
  metadata: { 'meta-data/instance-id': instanceId },
  volumes: { [volumeId]: { is: 'denied', because: 'no' } },
  free: { '/dev/nvme2n1': true },
  claimed: { '/dev/nvme2n1p1': false, '/dev/nvme2n1': false },
  writers: { '259:5 259:4': undefined },
  digests: { '/dev/nvme2n1': 'a hash' },
}

const configured = (partition: number | undefined) => ({ dataVolume: { ...config.dataVolume, partition } })

/** What is decided with a partition configured, or none. */
async function decide(partition: number | undefined, script: Script): Promise<Decision> {
  const changed = configured(partition)
  return dataVolume.decide(changed, await dataVolume.observe(changed, fakeHost(script), signal), [])
}

const refused = (code: string, because: string, hint: string) => ({
  is: 'refuse',
  code,
  because: expect.stringContaining(because),
  hint: expect.stringContaining(hint),
})

describe('the partition of the configuration', () => {
  test('is mounted by its UUID, as a whole disk is', async () => {
    const commands = { ...base.commands, ...holding('/dev/nvme2n1p1', 'ext4') }
    expect(await decide(1, { ...base, commands })).toMatchObject({
      is: 'act',
      actions: [
        { do: 'write', path: '/etc/fstab', content: expect.stringContaining(`UUID=${uuid} /mnt/shared ext4`) },
        { do: 'exec', argv: ['systemctl', 'daemon-reload'] },
        { do: 'exec', argv: ['systemctl', 'start', 'mnt-shared.mount'] },
      ],
    })
  })

  test('is converged when it is mounted and listed', async () => {
    const entry = `UUID=${uuid} /mnt/shared ext4 defaults,nofail,x-systemd.device-timeout=30s,x-slurm-node-agent 0 2\n`
    const files = {
      ...base.files,
      '/proc/self/mountinfo': '90 22 259:5 / /mnt/shared rw,relatime - ext4 /dev/nvme2n1p1 rw\n',
      '/etc/fstab': entry,
    }
    const commands = { ...base.commands, 'dumpe2fs -h /dev/nvme2n1p1': dumpe2fsHeader(uuid, partitionBytes) }
    expect(await decide(1, { ...base, commands, files })).toMatchObject({ is: 'converged' })
  })

  test('leaves the entries of others for the other partitions alone, by whichever link', async () => {
    const udev = (name: string) => ({ ...directory, kind: 'symlink', target: `../../${name}` }) as const
    const commands = { ...base.commands, ...holding('/dev/nvme2n1p1', 'ext4') }
    const listed = async (source: string) =>
      await decide(1, {
        ...base,
        commands,
        files: { ...base.files, '/etc/fstab': `${source} /data ext4 defaults 0 2\n` },
        stats: {
          ...base.stats,
          '/dev/disk/by-partuuid/1': udev('nvme2n1p1'),
          '/dev/disk/by-partlabel/two': udev('nvme2n1p2'),
        },
      })
    expect(await listed('PARTLABEL=two')).toMatchObject({ is: 'act' })
    expect(await listed('PARTUUID=1')).toEqual(refused('FSTAB_CONFLICT', 'PARTUUID=1 /data ext4', 'remove that entry'))
  })

  test.each<[string, Script, object]>([
    [
      'when there is none of that number',
      { ...base, commands: withParts(part(2)) },
      refused('DISK_PARTITION_MISSING', '/dev/nvme2n1 has no partition 1; those that the kernel shows: nvme2n1p2', ''),
    ],
    [
      'when there is none at all',
      { ...base, commands: withParts() },
      refused('DISK_PARTITION_MISSING', 'those that the kernel shows: none', 'lsblk /dev/nvme2n1'),
    ],
    [
      'when it is blank: only whole disks are formatted',
      {
        ...base,
        commands: { ...base.commands, ...holding('/dev/nvme2n1p1', undefined) },
        nonZero: { '/dev/nvme2n1p1': undefined },
      },
      refused('DISK_PARTITION_BLANK', 'nothing is found on /dev/nvme2n1p1', 'mkfs.ext4 /dev/nvme2n1p1'),
    ],
    [
      'when another file system is on it',
      { ...base, commands: { ...base.commands, ...holding('/dev/nvme2n1p1', 'xfs') } },
      refused('DISK_OTHER_FILE_SYSTEM', '/dev/nvme2n1p1 holds another file system (xfs)', '/dev/nvme2n1p1'),
    ],
    [
      'when it is mounted elsewhere',
      {
        ...base,
        files: { ...base.files, '/proc/self/mountinfo': '90 22 259:5 / /data rw - ext4 /dev/nvme2n1p1 rw\n' },
      },
      refused('DISK_IN_USE', '/dev/nvme2n1p1 is used, mounted on /data', ''),
    ],
    [
      'when something has the whole disk',
      { ...base, directories: { ...base.directories, '/sys/class/block/nvme2n1/holders': ['md0'] } },
      refused('DISK_IN_USE', '/dev/nvme2n1 is held by md0', ''),
    ],
  ])('is refused %s', async (_state, script, decision) => {
    expect(await decide(1, script)).toEqual(decision)
  })

  test('may have another beside it that is mounted', async () => {
    const commands = { ...base.commands, ...holding('/dev/nvme2n1p1', 'ext4') }
    const files = { ...base.files, '/proc/self/mountinfo': '90 22 259:6 / /data rw - ext4 /dev/nvme2n1p2 rw\n' }
    expect(await decide(1, { ...base, commands, files })).toMatchObject({ is: 'act' })
  })
})

test('of a disk without a serial, it is the disk that must have the size that EC2 gives', () => {
  const xen = { ...disk, name: 'xvdf', path: '/dev/xvdf', serial: undefined }
  const partition = { ...xen, name: 'xvdf1', path: '/dev/xvdf1', sizeBytes: partitionBytes }
  const decideOf = (partOf: Disk) => {
    const byUuid = link('../../xvdf1')
    const sight = { ...reading, disk: { ...partition, partOf }, byUuid }
    return dataVolume.decide(configured(1), { ...whole, sight }, [])
  }
  expect(decideOf(xen)).toMatchObject({ is: 'act' })
  expect(decideOf({ ...xen, sizeBytes: 1 })).toMatchObject({ is: 'refuse', code: 'DISK_SIZE_DIFFERS' })
})

describe('a disk with partitions, none of which is configured,', () => {
  test.each<[string, object, RegExp]>([
    [
      'is refused, saying how to have the one that matches',
      { ...probed('/dev/nvme2n1p1', 'vfat'), ...probed('/dev/nvme2n1p2', 'ext4') },
      /^to mount the ext4 on \/dev\/nvme2n1p2 as it is, set dataVolume.partition to 2; else look at it with: lsblk/,
    ],
    [
      'is refused without choosing between two',
      { ...probed('/dev/nvme2n1p1', 'ext4'), ...probed('/dev/nvme2n1p2', 'ext4') },
      /^look at it with: lsblk/,
    ],
    [
      'is refused where none matches',
      { ...probed('/dev/nvme2n1p1', undefined), ...probed('/dev/nvme2n1p2', 'xfs') },
      /^look at it with: lsblk/,
    ],
  ])('%s', async (_state, probes, hint) => {
    const commands = { ...base.commands, ...probes }
    expect(await decide(undefined, { ...base, commands })).toEqual({
      is: 'refuse',
      code: 'DISK_PARTITIONED',
      because: '/dev/nvme2n1 has partitions: nvme2n1p1, nvme2n1p2',
      hint: expect.stringMatching(hint),
      findings: expect.stringMatching(/^[0-9a-f]{16}$/),
    })
  })

  test('has no findings to consent to while one of them is used', async () => {
    const holds = (number: number, more: object) => ({
      ...base,
      commands: {
        ...base.commands,
        ...withParts(part(1, more), part(number)),
        ...probed('/dev/nvme2n1p1', undefined),
        ...probed('/dev/nvme2n1p2', undefined),
      },
    })
    const lvm = device('vg-lv', '254:0', { type: 'lvm', size: 1 })
    for (const script of [holds(2, { mountpoints: ['/data'] }), holds(2, { children: [lvm] })]) {
      const decision = await decide(undefined, script)
      expect(decision).toMatchObject({ is: 'refuse', code: 'DISK_PARTITIONED' })
      expect(decision).not.toHaveProperty('findings')
    }
  })
})
