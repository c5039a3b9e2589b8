import {
  putAtariTable,
  putBsdLabel,
  putGpt,
  putMacTable,
  putMbr,
  putProtectiveMbr,
  putSgiLabel,
  putSunLabel,
} from '../signatures/partition-tables.ts'
import type { StateGroup } from './disk-state.ts'
import { bytes, ext4, inOrder, type Making, MiB, random, zeros } from './making.ts'
import { partitions } from './partitions.ts'

const linux = { type: 0x83, first: 2_048, count: 65_536 }
const gpt: Making = (disk) => putGpt(disk)

/** Known to the kernel from a table that is gone since. */
const partitionOfKernel = inOrder(gpt, partitions, zeros(0, MiB), zeros(-MiB, MiB))

export const partitionTables: StateGroup = {
  title: 'a partition table',
  states: [
    { before: 'an MBR with a partition', prepare: (disk) => putMbr(disk, linux), expected: 'DISK_PARTITIONED' },
    { before: 'an MBR without partitions', prepare: (disk) => putMbr(disk), expected: 'DISK_PARTITIONED' },
    { before: 'a GPT with a partition', prepare: gpt, expected: 'DISK_PARTITIONED' },
    {
      before: 'a GPT without partitions',
      prepare: (disk) => putGpt(disk, { partitions: 0 }),
      expected: 'DISK_PARTITIONED',
    },
    {
      before: 'a GPT of which only the backup is left',
      prepare: inOrder(gpt, zeros(0, MiB)),
      expected: 'DISK_PARTITIONED',
    },
    {
      before: 'a GPT with a damaged first header',
      prepare: inOrder(gpt, random(512 + 24, 16)),
      expected: 'DISK_PARTITIONED',
    },
    {
      before: 'a GPT with an MBR of partitions of its own (hybrid)',
      prepare: inOrder(gpt, (disk) =>
        putMbr(disk, { ...linux, count: 32_768 }, { type: 0xee, first: 1, count: 2_047 }),
      ),
      expected: 'DISK_PARTITIONED',
    },
    { before: 'an MBR that protects a GPT which is gone', prepare: putProtectiveMbr, expected: 'DISK_PARTITIONED' },
    {
      before: 'a GPT for sectors of 4 KiB on a disk with 512 bytes',
      prepare: (disk) => putGpt(disk, { sectorBytes: 4_096 }),
      expected: 'DISK_PARTITIONED',
    },
    {
      before: 'a GPT on sectors of 4 KiB',
      losetup: ['--sector-size', '4096'],
      prepare: (disk) => putGpt(disk, { sectorBytes: 4_096 }),
      expected: 'DISK_PARTITIONED',
    },
    {
      before: 'a GPT in front of an ext4 that was there before',
      prepare: inOrder(ext4(), gpt),
      expected: 'DISK_PARTITIONED',
    },
    { before: 'an Apple partition map', prepare: putMacTable, expected: 'DISK_PARTITIONED' },
    { before: 'a label of Solaris', prepare: putSunLabel, expected: 'DISK_PARTITIONED' },
    { before: 'a label of IRIX', prepare: putSgiLabel, expected: 'DISK_PARTITIONED' },
    { before: 'a label of AIX', prepare: bytes(0, Buffer.from('c9c2d4c1', 'hex')), expected: 'DISK_PARTITIONED' },
    { before: 'bytes that look like a table of an Atari', prepare: putAtariTable, expected: 'DISK_PARTITIONED' },
    { before: 'a label of FreeBSD, which libblkid does not see', prepare: putBsdLabel, expected: 'DISK_NOT_BLANK' },
    {
      before: 'an ext4 in a partition whose table is gone',
      prepare: inOrder(ext4('-E', `offset=${MiB}`), zeros(0, 512)),
      expected: 'DISK_NOT_BLANK',
    },
    {
      before: 'a partition that only the kernel knows',
      losetup: ['--partscan'],
      prepare: partitionOfKernel,
      expected: 'DISK_PARTITIONED',
    },
  ],
}
