import { describe, expect, test } from 'vitest'
import type { Probe } from '../../src/formats/blkid.ts'
import type { Signed } from '../../src/steps/disk-contents.ts'
import { verdictOfSigned } from '../../src/steps/disk-verdict.ts'

const path = '/dev/nvme1n1'
const uuid = '3b9e2b2a-0c4f-4f4e-9d5b-5d1c7d9f6a01'
const readable = { is: 'readable', uuid, label: 'data', hasErrors: false } as const
const unreadable = { is: 'unreadable', uuid: undefined, because: 'Bad magic number in super-block' } as const

const at = (type: string) => ({ offset: '0x0', type, uuid: undefined })
const found = (type: string | undefined, partitionTable?: string): Probe => ({
  is: 'found',
  type,
  uuid,
  label: undefined,
  partitionTable,
})

const signed = (types: readonly string[], probe: Probe, superblock: Signed['superblock'] = unreadable): Signed => ({
  is: 'signed',
  signatures: types.map(at),
  probe,
  superblock,
})

describe('what is on a disk', () => {
  test('is taken when all agree that it is the whole, configured file system', () => {
    expect(verdictOfSigned(path, signed(['ext4'], found('ext4'), readable), 'ext4')).toEqual({
      is: 'holds',
      uuid,
      label: 'data',
    })
  })

  test.each<[string, Signed, string]>([
    ['its error flag', signed(['ext4'], found('ext4'), { ...readable, hasErrors: true }), 'DISK_FILE_SYSTEM_DAMAGED'],
    ['a superblock that cannot be used', signed(['ext4'], found('ext4'), unreadable), 'DISK_FILE_SYSTEM_DAMAGED'],
    ['ext3', signed(['ext3'], found('ext3'), readable), 'DISK_OTHER_FILE_SYSTEM'],
    ['xfs', signed(['xfs'], found('xfs')), 'DISK_OTHER_FILE_SYSTEM'],
    ['something new', signed(['bcachefs'], found('bcachefs')), 'DISK_OTHER_FILE_SYSTEM'],
    ['a GPT', signed(['gpt', 'gpt', 'PMBR'], found(undefined, 'gpt')), 'DISK_PARTITIONED'],
    ['a GPT beside ext4', signed(['ext4', 'gpt'], found('ext4'), readable), 'DISK_PARTITIONED'],
    ['LVM', signed(['LVM2_member'], found('LVM2_member')), 'DISK_LVM_MEMBER'],
    ['RAID', signed(['linux_raid_member'], found('linux_raid_member')), 'DISK_RAID_MEMBER'],
    ['another RAID', signed(['isw_raid_member'], found('isw_raid_member')), 'DISK_RAID_MEMBER'],
    ['LUKS, with its second header', signed(['crypto_LUKS', 'crypto_LUKS'], found('crypto_LUKS')), 'DISK_ENCRYPTED'],
    ['ZFS', signed(['zfs_member', 'zfs_member'], found('zfs_member')), 'DISK_ZFS_MEMBER'],
    ['swap', signed(['swap'], found('swap')), 'DISK_SWAP'],
    ['two signatures', signed(['crypto_LUKS', 'ext4'], found('crypto_LUKS'), readable), 'DISK_SIGNATURES_AMBIGUOUS'],
    ['what blkid calls ambivalent', signed(['ext4'], { is: 'ambivalent' }, readable), 'DISK_SIGNATURES_AMBIGUOUS'],
    ['what blkid does not see', signed(['ext4'], { is: 'nothing' }, readable), 'DISK_SIGNATURES_AMBIGUOUS'],
    ['what only blkid sees', signed([], found('ext4'), readable), 'DISK_SIGNATURES_AMBIGUOUS'],
    ['what blkid calls something else', signed(['ext4'], found('xfs'), readable), 'DISK_SIGNATURES_AMBIGUOUS'],
    [
      'a partition table that only blkid sees',
      signed(['ext4'], found('ext4', 'dos'), readable),
      'DISK_SIGNATURES_AMBIGUOUS',
    ],
  ])('is refused: %s', (_state, contents, code) => {
    expect(verdictOfSigned(path, contents, 'ext4')).toEqual({
      is: 'refuse',
      code,
      because: expect.stringContaining(path),
      hint: expect.stringContaining(path),
    })
  })
})
