import { describe, expect, test } from 'vitest'
import { chooseDisk, isXen, volumeIdOf } from '../../src/steps/disk-identity.ts'
import type { Disk } from '../../src/steps/disk-survey.ts'

const wanted = { volumeId: 'vol-0123456789abcdef0', deviceName: '/dev/sdf' }

const disk = (name: string, changes: Partial<Disk> = {}): Disk => ({
  name,
  path: `/dev/${name}`,
  device: '259:0',
  type: 'disk',
  sizeBytes: 1,
  readOnly: false,
  uuid: undefined,
  mountPoints: [],
  children: [],
  serial: 'vol0123456789abcdef0',
  model: 'Amazon Elastic Block Store',
  ...changes,
})
const xen = (name: string, changes: Partial<Disk> = {}) =>
  disk(name, { serial: undefined, model: undefined, ...changes })
const partition = disk('nvme0n1p1', { type: 'part', device: '259:1', serial: undefined })
const rootMount = { device: '259:1', root: '/', target: '/', type: 'ext4', source: '/dev/root', options: ['rw'] }
const none = { is: 'absent' }

const choose = (...disks: readonly Disk[]) => chooseDisk({ disks, mounts: [], swaps: [] }, wanted)

describe('which disk is the data volume', () => {
  test.each<[string, readonly Disk[], object]>([
    [
      'the one with its serial',
      [disk('nvme0n1', { serial: 'vol0aaa' }), disk('nvme1n1')],
      { is: 'found', disk: disk('nvme1n1') },
    ],
    [
      'that, whatever a model not of Amazon says',
      [disk('nvme1n1', { model: 'QEMU NVMe Ctrl' })],
      { is: 'found', disk: disk('nvme1n1', { model: 'QEMU NVMe Ctrl' }) },
    ],
    [
      'none, where no serial is its',
      [disk('nvme1n1', { serial: 'vol0123456789abcdef' }), disk('nvme2n1', { serial: undefined })],
      none,
    ],
    [
      'on Xen, the one with the name that the kernel gave it',
      [xen('xvda'), xen('xvdf')],
      { is: 'found', disk: xen('xvdf') },
    ],
    ['never one that the kernel itself calls sd', [xen('sdf')], none],
    ['never one by name that has a serial', [disk('xvdf', { serial: 'other' })], none],
  ])('%s', (_rule, disks, choice) => {
    expect(choose(...disks)).toEqual(choice)
  })

  test('the name is taken as configured, too', () => {
    const survey = { disks: [xen('xvdf')], mounts: [], swaps: [] }
    expect(chooseDisk(survey, { ...wanted, deviceName: '/dev/xvdf' })).toMatchObject({ is: 'found' })
    expect(chooseDisk(survey, { ...wanted, deviceName: '/dev/nvme1n1' })).toEqual(none)
  })

  test.each<[string, readonly Disk[], string, RegExp]>([
    [
      'two claim to be it',
      [disk('nvme1n1'), disk('nvme2n1')],
      'DISK_AMBIGUOUS',
      /\/dev\/nvme1n1 \(.*\), \/dev\/nvme2n1 \(.*\) all claim/,
    ],
    ['it is no whole disk', [disk('nvme1n1', { type: 'loop' })], 'DISK_AMBIGUOUS', /type loop/],
    [
      'Amazon calls it something else',
      [disk('nvme1n1', { model: 'Amazon EC2 NVMe Instance Storage' })],
      'DISK_NOT_EBS',
      /Instance Storage/,
    ],
    [
      'it carries the root, says lsblk',
      [disk('nvme0n1', { children: [{ ...partition, mountPoints: ['/'] }] })],
      'DISK_IS_ROOT',
      /root file system/,
    ],
  ])('is refused when %s', (_state, disks, code, because) => {
    expect(choose(...disks)).toMatchObject({ is: 'refuse', code, because: expect.stringMatching(because) })
  })

  test('is refused when it carries the root, says the kernel', () => {
    const survey = { disks: [disk('nvme0n1', { children: [partition] })], mounts: [rootMount], swaps: [] }
    expect(chooseDisk(survey, wanted)).toMatchObject({ is: 'refuse', code: 'DISK_IS_ROOT' })
  })
})

test.each([
  ['vol0123456789abcdef0', 'vol-0123456789abcdef0'],
  ['vol01234567', 'vol-01234567'],
  ['AWS0123456789ABCDEF0', undefined],
  ['vol', undefined],
  ['volume', undefined],
  [undefined, undefined],
])('the serial %s tells the volume ID %s', (serial, volumeId) => {
  expect(volumeIdOf(disk('nvme1n1', { serial }))).toBe(volumeId)
})

test.each([
  [[disk('nvme0n1')], false],
  [[disk('nvme0n1'), xen('sda')], false],
  [[disk('nvme0n1'), xen('xvda')], true],
  [[xen('xvda1')], true],
])('%# is Xen or not by the names of its disks', (disks, is) => {
  expect(isXen({ disks, mounts: [], swaps: [] })).toBe(is)
})
