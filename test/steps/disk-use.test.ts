import { describe, expect, test } from 'vitest'
import type { Disk, Survey, Tops } from '../../src/steps/disk-survey.ts'
import { useOf } from '../../src/steps/disk-use.ts'

const disk: Disk = {
  name: 'nvme1n1',
  path: '/dev/nvme1n1',
  device: '259:3',
  type: 'disk',
  sizeBytes: 1,
  readOnly: false,
  uuid: undefined,
  mountPoints: [],
  children: [],
  serial: 'vol0123456789abcdef0',
  model: undefined,
}
const part = { ...disk, name: 'nvme1n1p1', path: '/dev/nvme1n1p1', device: '259:4', type: 'part' }
const lvm = { ...disk, name: 'dm-0', path: '/dev/mapper/data', device: '253:0', type: 'lvm' }
const mount = { device: '259:3', root: '/', target: '/data', type: 'ext4', source: '/dev/nvme1n1', options: ['rw'] }
const none: Tops = { partitions: [], holders: [] }
const idle: Survey = { disks: [], mounts: [], swaps: [] }

describe('a disk is in use', () => {
  test('not, when nothing shows so', () => {
    expect(useOf(disk, none, { ...idle, mounts: [{ ...mount, device: '259:1' }], swaps: ['/swapfile'] })).toBe(
      undefined,
    )
  })

  test.each<[string, Disk, Tops, Survey, string, string]>([
    [
      'lsblk shows a partition',
      { ...disk, children: [part] },
      none,
      idle,
      'DISK_PARTITIONED',
      '/dev/nvme1n1 has partitions: nvme1n1p1',
    ],
    [
      'sysfs shows a partition',
      disk,
      { ...none, partitions: ['nvme1n1p1'] },
      idle,
      'DISK_PARTITIONED',
      '/dev/nvme1n1 has partitions: nvme1n1p1',
    ],
    [
      'a partition is mounted',
      { ...disk, children: [part] },
      { ...none, partitions: ['nvme1n1p1'] },
      { ...idle, mounts: [{ ...mount, device: '259:4' }] },
      'DISK_PARTITIONED',
      '/dev/nvme1n1 has partitions: nvme1n1p1, mounted on /data',
    ],
    [
      'a logical volume lies on it',
      { ...disk, children: [lvm] },
      { ...none, holders: ['dm-0'] },
      idle,
      'DISK_IN_USE',
      '/dev/nvme1n1 is held by dm-0',
    ],
    [
      'a loop device reads it, by whatever name',
      disk,
      { ...none, holders: ['loop3'] },
      idle,
      'DISK_IN_USE',
      '/dev/nvme1n1 is held by loop3',
    ],
    [
      'sysfs shows a holder',
      disk,
      { ...none, holders: ['md127'] },
      idle,
      'DISK_IN_USE',
      '/dev/nvme1n1 is held by md127',
    ],
    ['it is swap', disk, none, { ...idle, swaps: ['/dev/nvme1n1'] }, 'DISK_IN_USE', '/dev/nvme1n1 is in use as swap'],
    [
      'lsblk shows a mount',
      { ...disk, mountPoints: ['/data'] },
      none,
      idle,
      'DISK_IN_USE',
      '/dev/nvme1n1 is used, mounted on /data',
    ],
    [
      'the kernel shows a mount',
      disk,
      none,
      { ...idle, mounts: [mount] },
      'DISK_IN_USE',
      '/dev/nvme1n1 is used, mounted on /data',
    ],
  ])('when %s', (_state, seen, tops, survey, code, because) => {
    expect(useOf(seen, tops, survey)).toEqual({ is: 'refuse', code, because, hint: expect.stringMatching(/./) })
  })
})
