import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../run.ts'
import { putGpt } from '../signatures/partition-tables.ts'
import type { TestDisk } from '../test-disk.ts'
import type { DiskState, StateGroup } from './disk-state.ts'
import { inOrder, type Making } from './making.ts'

/** From a table, as the kernel would find them itself where it reads tables. A format on consent makes it forget them. */
export async function partitions({ path, name }: TestDisk) {
  await run('partx', '--update', path)
  return async () => {
    const entries = await readdir(`/sys/class/block/${name}`)
    if (entries.some((entry) => entry.startsWith(name))) await run('partx', '--delete', path)
  }
}

/** A program with the first partition as its last argument. */
const onFirst =
  (...argv: readonly [string, ...string[]]): Making =>
  async ({ path }) => {
    await run(...argv, `${path}p1`)
  }

const mountedFrom =
  (number: number): Making =>
  async ({ path, folder }) => {
    const target = join(folder, 'elsewhere')
    await mkdir(target)
    await run('mount', '--options', 'ro,noload', `${path}p${number}`, target)
    return () => run('umount', target)
  }

const withPartitions = (count: number, ...makings: readonly Making[]): Pick<DiskState, 'losetup' | 'prepare'> => ({
  losetup: ['--partscan'],
  prepare: inOrder((disk) => putGpt(disk, { partitions: count }), partitions, ...makings),
})

const config = { partition: 1 }

/** Disks with partitions that the kernel knows, which are taken over by number, and never formatted. */
export const knownPartitions: StateGroup = {
  title: 'partitions',
  states: [
    {
      before: 'one partition with ext4',
      ...withPartitions(1, onFirst('mkfs.ext4', '-q')),
      expected: 'DISK_PARTITIONED',
    },
    { before: 'one partition with ext4', ...withPartitions(1, onFirst('mkfs.ext4', '-q')), config, expected: 'mount' },
    {
      before: 'two partitions, the other one with an ext4 that is mounted',
      ...withPartitions(
        2,
        onFirst('mkfs.ext4', '-q'),
        async ({ path }) => void (await run('mkfs.ext4', '-q', `${path}p2`)),
        mountedFrom(2),
      ),
      config,
      expected: 'mount',
    },
    { before: 'one partition, blank', ...withPartitions(1), config, expected: 'DISK_PARTITION_BLANK' },
    {
      before: 'a GPT without partitions',
      prepare: (disk) => putGpt(disk, { partitions: 0 }),
      config,
      expected: 'DISK_PARTITION_MISSING',
    },
    {
      before: 'one partition with ext4',
      ...withPartitions(1, onFirst('mkfs.ext4', '-q')),
      config: { partition: 2 },
      expected: 'DISK_PARTITION_MISSING',
    },
    {
      before: 'one partition with FAT',
      ...withPartitions(1, onFirst('mkfs.vfat')),
      config,
      expected: 'DISK_OTHER_FILE_SYSTEM',
    },
    {
      before: 'one partition with an ext4 with its error flag',
      ...withPartitions(1, onFirst('mkfs.ext4', '-q'), onFirst('debugfs', '-w', '-R', 'ssv state 3')),
      config,
      expected: 'DISK_FILE_SYSTEM_DAMAGED',
    },
    {
      before: 'one partition with an ext4 that is mounted elsewhere',
      ...withPartitions(1, onFirst('mkfs.ext4', '-q'), mountedFrom(1)),
      config,
      expected: 'DISK_IN_USE',
    },
  ],
}
