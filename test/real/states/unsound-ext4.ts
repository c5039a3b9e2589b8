import { truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { loopDisk } from '../loop-disk.ts'
import { run } from '../run.ts'
import { putRaidMember } from '../signatures/members.ts'
import type { StateGroup } from './disk-state.ts'
import { by, bytes, debugfs, ext4, inOrder, kiB, type Making, MiB, random, zeros } from './making.ts'

const featured = (feature: string) => inOrder(ext4(), debugfs(`feature ${feature}`))
const superblockWith = (field: string, value: number) => inOrder(ext4(), debugfs(`ssv ${field} ${value}`))

/** Of a 64 MiB disk with blocks of 1 KiB, as debugfs's `bmap <8> 0` tells. */
const journalAt = 16_385 * kiB

/** The journal is on another disk, which is gone by the time that anybody looks. */
const journalElsewhere: Making = async ({ path }) => {
  await using journal = await loopDisk(16)
  await run('mke2fs', '-q', '-b', '1024', '-O', 'journal_dev', journal.path)
  await run('mkfs.ext4', '-q', '-b', '1024', '-J', `device=${journal.path}`, path)
}

const copyOfLarger: Making = async ({ path, folder }) => {
  const larger = join(folder, 'larger')
  await writeFile(larger, '')
  await truncate(larger, 96 * MiB)
  await run('mkfs.ext4', '-q', larger)
  await run('dd', `if=${larger}`, `of=${path}`, 'bs=1M', 'count=64', 'conv=fsync', 'status=none')
}

/** File systems of the configured type that a mount would harm, or that the kernel would not mount. */
export const unsoundExt4: StateGroup = {
  title: 'ext4, not sound',
  states: [
    { before: 'ext4 with its error flag', prepare: superblockWith('state', 3), expected: 'DISK_FILE_SYSTEM_DAMAGED' },
    {
      before: 'ext4 whose journal was stopped by an error',
      prepare: inOrder(ext4('-b', '1024'), bytes(journalAt + 32, Buffer.from('fffffffb', 'hex'))),
      expected: 'DISK_FILE_SYSTEM_DAMAGED',
    },
    {
      before: 'ext4 without the head of its journal',
      prepare: inOrder(ext4('-b', '1024'), zeros(journalAt, kiB)),
      expected: 'DISK_FILE_SYSTEM_DAMAGED',
    },
    {
      before: 'ext4 with a bad superblock checksum',
      prepare: inOrder(ext4(), random(1_200, 16)),
      expected: 'DISK_FILE_SYSTEM_DAMAGED',
    },
    {
      before: 'ext4 with an unknown kind of checksum',
      prepare: superblockWith('checksum_type', 9),
      expected: 'DISK_FILE_SYSTEM_DAMAGED',
    },
    {
      before: 'ext4 with an impossible geometry',
      prepare: superblockWith('blocks_per_group', 0),
      expected: 'DISK_FILE_SYSTEM_DAMAGED',
    },
    {
      before: 'ext4 with descriptors of an impossible size',
      prepare: superblockWith('desc_size', 77),
      expected: 'DISK_FILE_SYSTEM_DAMAGED',
    },
    {
      before: 'ext4 of a later revision',
      prepare: superblockWith('rev_level', 9),
      expected: 'DISK_FILE_SYSTEM_DAMAGED',
    },
    {
      before: 'ext4 without its group descriptors',
      prepare: inOrder(ext4('-b', '1024'), zeros(2 * kiB, kiB)),
      expected: 'DISK_FILE_SYSTEM_DAMAGED',
    },
    {
      before: 'ext4 without its magic number',
      prepare: inOrder(ext4(), zeros(kiB + 0x38, 2)),
      expected: 'DISK_FILE_SYSTEM_DAMAGED',
    },
    {
      before: 'ext4 that wipefs was run on',
      variantOf: 'ext4 without its magic number',
      prepare: inOrder(ext4(), by('wipefs', '--all')),
      expected: 'DISK_FILE_SYSTEM_DAMAGED',
    },
    {
      before: 'ext4 without its superblock',
      prepare: inOrder(ext4(), zeros(kiB, kiB)),
      expected: 'DISK_FILE_SYSTEM_DAMAGED',
    },
    {
      before: 'ext4 of 4 KiB blocks without its first MiB',
      sizeMiB: 600,
      prepare: inOrder(ext4('-b', '4096'), zeros(0, MiB)),
      expected: 'DISK_FILE_SYSTEM_DAMAGED',
    },
    {
      before: 'ext4 of 64 KiB blocks without its first 32 MiB',
      sizeMiB: 33 * kiB,
      prepare: inOrder(ext4('-F', '-b', '65536'), zeros(0, 32 * MiB)),
      expected: 'DISK_FILE_SYSTEM_DAMAGED',
    },
    {
      before: 'ext4 with clusters, without its first GiB',
      sizeMiB: 4 * kiB,
      prepare: inOrder(ext4('-b', '4096', '-O', 'bigalloc', '-C', '65536'), by('blkdiscard', '--length', '1GiB')),
      expected: 'DISK_NOT_BLANK',
    },
    {
      before: 'ext4 copied from a larger disk, without its end',
      prepare: copyOfLarger,
      expected: 'DISK_FILE_SYSTEM_CUT_SHORT',
    },
    {
      before: 'ext4 with its journal on a disk that is gone',
      prepare: journalElsewhere,
      expected: 'DISK_JOURNAL_ELSEWHERE',
    },
    {
      before: 'ext4 with a feature of the future that must be known',
      prepare: featured('FEATURE_I20'),
      expected: 'DISK_FEATURES_UNSUPPORTED',
    },
    {
      before: 'ext4 with a feature of the future that must be known to write',
      prepare: featured('FEATURE_R20'),
      expected: 'DISK_FEATURES_UNSUPPORTED',
    },
    {
      before: 'ext4 with blocks of 64 KiB',
      sizeMiB: 300,
      prepare: ext4('-F', '-b', '65536'),
      expected: 'DISK_FEATURES_UNSUPPORTED',
    },
    { before: 'ext4 that is marked as read-only', prepare: featured('read-only'), expected: 'DATA_VOLUME_READ_ONLY' },
    {
      before: 'ext4 without a UUID',
      prepare: inOrder(ext4(), by('tune2fs', '-U', 'clear')),
      expected: 'DISK_WITHOUT_UUID',
    },
    {
      before: 'ext4 beside the head of a LUKS container',
      prepare: inOrder(ext4(), bytes(0, Buffer.from('LUKS\xba\xbe\0\x01', 'latin1'))),
      expected: 'DISK_SIGNATURES_AMBIGUOUS',
    },
    {
      before: 'ext4 in front of a leftover RAID superblock',
      prepare: inOrder(ext4(), (disk) => putRaidMember(disk, '1.0')),
      expected: 'DISK_SIGNATURES_AMBIGUOUS',
    },
  ],
}
