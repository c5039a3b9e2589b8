import { describe, expect, test } from 'vitest'
import type { FormatIntent } from '../../src/engine/action.ts'
import type { Probe } from '../../src/formats/blkid.ts'
import type { Superblock } from '../../src/formats/superblock.ts'
import type { Contents, Signed } from '../../src/steps/disk-contents.ts'
import { verdictOf } from '../../src/steps/disk-verdict.ts'

const path = '/dev/nvme1n1'
const disk = { path, sizeBytes: 1024 ** 3 }
const uuid = '3b9e2b2a-0c4f-4f4e-9d5b-5d1c7d9f6a01'
const readable = {
  is: 'readable',
  uuid,
  label: 'data',
  hasErrors: false,
  sizeBytes: 1024 ** 3,
  blockBytes: 4_096,
  unknownFeatures: [],
  isMarkedReadOnly: false,
  externalJournal: undefined,
} as const
const unreadable = { is: 'unreadable', uuid: undefined, because: 'Bad magic number in super-block' } as const

const at = (type: string) => ({ offset: '0x0', type })
const found = (type: string | undefined, partitionTable?: string): Probe => ({
  is: 'found',
  type,
  partitionTable,
})

const signed = (types: readonly string[], probe: Probe, superblock: Signed['superblock'] = unreadable): Signed => ({
  is: 'signed',
  signatures: types.map(at),
  probe,
  superblock,
  pageBytes: 4_096,
})

const intent = { volumeId: 'vol-0123456789abcdef0', instanceId: 'i-0123456789abcdef0', uuid }

describe('what is on a disk', () => {
  test.each(['ext4', 'xfs'] as const)('is taken when all agree that it is the whole, configured %s', (type) => {
    expect(verdictOf(disk, signed([type], found(type), readable), type, undefined)).toEqual({
      is: 'holds',
      uuid,
      label: 'data',
      sizeBytes: disk.sizeBytes,
    })
  })

  test('is refused when it is ext4 where XFS is configured', () => {
    const verdict = verdictOf(disk, signed(['ext4'], found('ext4'), { is: 'absent' }), 'xfs', undefined)
    expect(verdict).toMatchObject({ is: 'refuse', code: 'DISK_OTHER_FILE_SYSTEM' })
  })

  test.each<[string, Signed, string]>([
    ['its error flag', signed(['ext4'], found('ext4'), { ...readable, hasErrors: true }), 'DISK_FILE_SYSTEM_DAMAGED'],
    ['a superblock that cannot be used', signed(['ext4'], found('ext4'), unreadable), 'DISK_FILE_SYSTEM_DAMAGED'],
    ['ext3', signed(['ext3'], found('ext3'), readable), 'DISK_OTHER_FILE_SYSTEM'],
    ['xfs', signed(['xfs'], found('xfs')), 'DISK_OTHER_FILE_SYSTEM'],
    ['something new', signed(['bcachefs'], found('bcachefs')), 'DISK_OTHER_FILE_SYSTEM'],
    ['a GPT', signed(['gpt', 'gpt', 'PMBR'], found(undefined, 'gpt')), 'DISK_PARTITIONED'],
    ['NTFS, whose boot sector looks like an MBR', signed(['ntfs', 'dos'], found('ntfs')), 'DISK_OTHER_FILE_SYSTEM'],
    ['BitLocker', signed(['BitLocker', 'dos'], found('BitLocker', 'dos')), 'DISK_ENCRYPTED'],
    ['an MBR beside ext4', signed(['ext4', 'dos'], found('ext4', 'dos'), readable), 'DISK_PARTITIONED'],
    ['a GPT beside XFS', signed(['gpt', 'xfs'], found('xfs'), readable), 'DISK_PARTITIONED'],
    ['a GPT beside ext4', signed(['ext4', 'gpt'], found('ext4'), readable), 'DISK_PARTITIONED'],
    ['LVM', signed(['LVM2_member'], found('LVM2_member')), 'DISK_LVM_MEMBER'],
    ['RAID', signed(['linux_raid_member'], found('linux_raid_member')), 'DISK_RAID_MEMBER'],
    ['another RAID', signed(['isw_raid_member'], found('isw_raid_member')), 'DISK_RAID_MEMBER'],
    ['LUKS, with its second header', signed(['crypto_LUKS', 'crypto_LUKS'], found('crypto_LUKS')), 'DISK_ENCRYPTED'],
    ['ZFS', signed(['zfs_member', 'zfs_member'], found('zfs_member')), 'DISK_ZFS_MEMBER'],
    ['btrfs', signed(['btrfs'], found('btrfs')), 'DISK_BTRFS_MEMBER'],
    ['bcache', signed(['bcache'], found('bcache')), 'DISK_BCACHE_MEMBER'],
    ['DRBD', signed(['drbd'], found('drbd')), 'DISK_DRBD_MEMBER'],
    ['Ceph', signed(['ceph_bluestore'], found('ceph_bluestore')), 'DISK_CEPH_MEMBER'],
    ['Oracle ASM', signed(['oracleasm'], found('oracleasm')), 'DISK_ORACLE_ASM'],
    ['VMFS', signed(['VMFS_volume_member'], found('VMFS_volume_member')), 'DISK_VMFS_MEMBER'],
    ['a snapshot store', signed(['DM_snapshot_cow'], found('DM_snapshot_cow')), 'DISK_MAPPED_MEMBER'],
    ['an external journal', signed(['jbd'], found('jbd'), readable), 'DISK_IS_JOURNAL'],
    ['hibernation', signed(['swsuspend'], found('swsuspend')), 'DISK_HIBERNATED'],
    ['swap', signed(['swap'], found('swap')), 'DISK_SWAP'],
    ['an old partition table', signed(['atari'], found(undefined, 'atari')), 'DISK_PARTITIONED'],
    [
      'ext4 that is larger than the disk',
      signed(['ext4'], found('ext4'), { ...readable, sizeBytes: disk.sizeBytes + 4_096 }),
      'DISK_FILE_SYSTEM_CUT_SHORT',
    ],
    ['two signatures', signed(['crypto_LUKS', 'ext4'], found('crypto_LUKS'), readable), 'DISK_SIGNATURES_AMBIGUOUS'],
    ['what blkid calls ambivalent', signed(['ext4'], { is: 'ambivalent' }, readable), 'DISK_SIGNATURES_AMBIGUOUS'],
    ['what blkid does not see', signed(['ext4'], { is: 'nothing' }, readable), 'DISK_SIGNATURES_AMBIGUOUS'],
    ['a superblock that blkid does not see', signed(['ext4'], { is: 'nothing' }), 'DISK_FILE_SYSTEM_DAMAGED'],
    ['what only blkid sees', signed([], found('ext4'), readable), 'DISK_SIGNATURES_AMBIGUOUS'],
    ['what blkid calls something else', signed(['ext4'], found('xfs'), readable), 'DISK_SIGNATURES_AMBIGUOUS'],
    [
      'a partition table that only blkid sees',
      signed(['ext4'], found('ext4', 'dos'), readable),
      'DISK_SIGNATURES_AMBIGUOUS',
    ],
  ])('is refused: %s', (_state, contents, code) => {
    expect(verdictOf(disk, contents, 'ext4', undefined)).toEqual({
      is: 'refuse',
      code,
      because: expect.stringContaining(path),
      hint: expect.stringContaining(path),
    })
  })
})

describe('an XFS whose mkfs did not end', () => {
  const contents = (of: string | undefined) => signed(['xfs'], found('xfs'), { is: 'unfinished', uuid: of })

  test('is half-made on our intent', () => {
    expect(verdictOf(disk, contents(uuid), 'xfs', intent)).toEqual({ is: 'half-made', intent })
  })

  test.each<[string, string | undefined, FormatIntent | undefined]>([
    ['without one', uuid, undefined],
    ['with another UUID', 'other', intent],
    ['without a UUID', undefined, intent],
  ])('is refused %s', (_case, of, begun) => {
    expect(verdictOf(disk, contents(of), 'xfs', begun)).toMatchObject({
      is: 'refuse',
      code: 'DISK_FILE_SYSTEM_DAMAGED',
    })
  })

  test('is refused, in spite of our intent, beside another signature', () => {
    const two = signed(['xfs', 'swap'], { is: 'ambivalent' }, { is: 'unfinished', uuid })
    expect(verdictOf(disk, two, 'xfs', intent)).toMatchObject({ is: 'refuse', code: 'DISK_SIGNATURES_AMBIGUOUS' })
  })
})

describe('a disk without a signature', () => {
  const verdictOn = (contents: Contents, begun: FormatIntent | undefined) => verdictOf(disk, contents, 'ext4', begun)
  const half = { is: 'unsigned', nonZeroAt: 4_194_304, strayAt: undefined } as const
  const absent = { is: 'absent' } as const

  test('is blank when all that was read is zero, whatever was intended', () => {
    expect(verdictOn({ is: 'zeros' }, undefined)).toEqual({ is: 'blank' })
    expect(verdictOn({ is: 'zeros' }, intent)).toEqual({ is: 'blank' })
  })

  test.each<[string, readonly Superblock[]]>([
    ['no backup was written yet', [absent, absent]],
    ['its backup can be read', [absent, readable]],
    ['its backup was cut off, too', [absent, { is: 'unreadable', uuid, because: 'checksum' }]],
  ])('is half-made on our intent when %s', (_state, backups) => {
    expect(verdictOn({ ...half, backups }, intent)).toEqual({ is: 'half-made', intent })
  })

  test.each<[string, Superblock, string]>([
    ['with another UUID', { ...readable, uuid: 'other' }, ' with UUID other'],
    ['without a UUID', { ...readable, uuid: undefined }, ''],
    ['that cannot be read', { is: 'unreadable', uuid: undefined, because: 'corrupt' }, ' (corrupt)'],
    ['of a newer system', { is: 'unsupported', because: 'unsupported feature(s)' }, ' (unsupported feature(s))'],
  ])('is refused, in spite of our intent, for a backup %s', (_state, backup, words) => {
    expect(verdictOn({ ...half, backups: [absent, backup] }, intent)).toEqual({
      is: 'refuse',
      code: 'DISK_FILE_SYSTEM_DAMAGED',
      because: `${path} has no superblock, but a backup of one${words}`,
      hint: expect.stringContaining(path),
    })
  })

  test.each<[string, object, FormatIntent | undefined, string]>([
    ['bytes and no intent', {}, undefined, 'DISK_NOT_BLANK'],
    ['bytes that mkfs does not write', { strayAt: 100_663_296 }, intent, 'DISK_NOT_BLANK'],
    ['a backup with a UUID and no intent', { backups: [readable] }, undefined, 'DISK_FILE_SYSTEM_DAMAGED'],
  ])('is refused with %s', (_state, changes, begun, code) => {
    expect(verdictOn({ ...half, backups: [], ...changes }, begun)).toMatchObject({ is: 'refuse', code })
  })
})
