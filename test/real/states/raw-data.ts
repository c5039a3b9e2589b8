import { gzipSync } from 'node:zlib'
import type { DiskState, StateGroup } from './disk-state.ts'
import { by, bytes, inOrder, kiB, MiB, ofFolder, random, zeros } from './making.ts'

const GiB = kiB // in MiB

const notBlank = (before: string, prepare: DiskState['prepare'], more: Partial<DiskState> = {}): DiskState => ({
  before,
  ...(prepare && { prepare }),
  expected: 'DISK_NOT_BLANK',
  ...more,
})

const atItsStart = { variantOf: 'data of a program at the start: text' }

/** Bytes that no tool knows: what is not proved to be blank is not formatted. */
export const rawData: StateGroup = {
  title: 'data without a signature',
  states: [
    notBlank('random bytes everywhere, as of plain dm-crypt', random(0, 64 * MiB)),
    notBlank('0xff everywhere, as erased flash memory is', bytes(0, Buffer.alloc(64 * MiB, 0xff))),
    notBlank('data of a program at the start: text', bytes(0, 'id,name\n1,one\n')),
    notBlank(
      'data of a program at the start: a tar archive',
      ofFolder((folder, device) => ['tar', '--create', '--file', device, folder]),
      atItsStart,
    ),
    notBlank('data of a program at the start: a gzip file', bytes(0, gzipSync('text')), atItsStart),
    notBlank('data of a program at the start: a SQLite database', bytes(0, 'SQLite format 3\0'), atItsStart),
    notBlank(
      'data of a program at the start: a page of InnoDB',
      bytes(38, Buffer.from('00000000000008', 'hex').fill(1)),
      atItsStart,
    ),
    notBlank(
      'data of a program at the start: a heap of PostgreSQL',
      bytes(0, Buffer.from('0000000028a1f00100000000180000200420', 'hex')),
      atItsStart,
    ),
    notBlank(
      'data of a program at the start: a disk image in QCOW2',
      bytes(0, Buffer.from('514649fb00000003', 'hex')),
      atItsStart,
    ),
    notBlank('one byte at the start', bytes(0, 'x')),
    notBlank('one byte 16 MiB from the start', bytes(16 * MiB - 1, 'x')),
    notBlank('one byte 16 MiB before the end', bytes(-16 * MiB, 'x')),
    notBlank('512 bytes at the very end', bytes(-512, 'x'.repeat(512))),
    notBlank('one byte at the very end', bytes(-1, 'x'), { variantOf: '512 bytes at the very end' }),
    notBlank('1 MiB in the middle of 1 GiB', random(500 * MiB - 1, MiB), { sizeMiB: GiB }),
    notBlank(
      '17 MiB in the second half of a block group, somewhere on 64 GiB',
      random(40 * GiB * MiB + 91 * MiB, 17 * MiB),
      { sizeMiB: 64 * GiB },
    ),
    notBlank('data where ext4 has a backup of its superblock, and only there', bytes(3 * 128 * MiB, 'x'), {
      sizeMiB: GiB,
    }),
    notBlank('btrfs of which only the second superblock is left', inOrder(by('mkfs.btrfs', '-q'), zeros(0, 64 * MiB)), {
      sizeMiB: 128,
    }),
    notBlank('XFS of which only later allocation groups are left', inOrder(by('mkfs.xfs', '-q'), zeros(0, 80 * MiB)), {
      sizeMiB: 320,
    }),
    notBlank(
      'NTFS of which only the last sector is left',
      inOrder(by('mkfs.ntfs', '--quick', '--force', '--quiet'), zeros(0, 64 * MiB - 512)),
    ),
    notBlank('FAT without its first sector', inOrder(by('mkfs.vfat'), zeros(0, 512))),
    notBlank('LUKS without its headers', random(32 * kiB, 16 * MiB)),
    notBlank(
      'a GPT without its headers, of which the entries are left',
      bytes(1_024, Buffer.from('AF3DC60F838472478E793D69D8477DE4', 'hex')),
    ),
    notBlank('a boot loader without a table', bytes(0, Buffer.from('eb6390', 'hex'))),
  ],
}
