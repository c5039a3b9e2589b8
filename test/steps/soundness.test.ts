import { describe, expect, test } from 'vitest'
import type { ReadableSuperblock, Superblock } from '../../src/formats/superblock.ts'
import { objectionToFeatures, soundnessOf } from '../../src/steps/soundness.ts'

const disk = { path: '/dev/nvme1n1', sizeBytes: 1024 ** 3 }
const uuid = '3b9e2b2a-0c4f-4f4e-9d5b-5d1c7d9f6a01'
const sound: ReadableSuperblock = {
  is: 'readable',
  uuid,
  label: 'data',
  hasErrors: false,
  sizeBytes: disk.sizeBytes,
  blockBytes: 4_096,
  unknownFeatures: [],
  isMarkedReadOnly: false,
  externalJournal: undefined,
}

const refused = (code: string, because: string) => ({
  is: 'refuse',
  code,
  because: expect.stringContaining(because),
  hint: expect.stringMatching(/./),
})

describe('a file system', () => {
  test('is sound when nothing speaks against it', () => {
    expect(soundnessOf(disk.path, 'ext4', sound)).toEqual({
      is: 'holds',
      uuid,
      label: 'data',
      sizeBytes: disk.sizeBytes,
    })
  })

  test.each<[string, Superblock, string, string]>([
    ['no superblock', { is: 'absent' }, 'DISK_FILE_SYSTEM_DAMAGED', 'no superblock where ext4 keeps it'],
    [
      'a bad superblock',
      { is: 'unreadable', uuid, because: 'checksum' },
      'DISK_FILE_SYSTEM_DAMAGED',
      'is no good: checksum',
    ],
    ['its error flag', { ...sound, hasErrors: true }, 'DISK_FILE_SYSTEM_DAMAGED', 'says itself that it has errors'],
    ['no end of its mkfs', { is: 'unfinished', uuid }, 'DISK_FILE_SYSTEM_DAMAGED', 'is not finished: its mkfs'],
    [
      'a superblock of the future',
      { is: 'unsupported', because: 'unsupported feature(s)' },
      'DISK_FEATURES_UNSUPPORTED',
      'unsupported feature(s)',
    ],
    ['no UUID', { ...sound, uuid: undefined }, 'DISK_WITHOUT_UUID', 'has no UUID'],
  ])('is refused with %s', (_state, superblock, code, because) => {
    expect(soundnessOf(disk.path, 'ext4', superblock)).toEqual(refused(code, because))
  })

  test.each([
    ['ext4', 'e2fsck -n /dev/nvme1n1; to mend it, e2fsck /dev/nvme1n1', 'tune2fs -U random /dev/nvme1n1'],
    ['xfs', 'xfs_repair -n /dev/nvme1n1; to mend it, xfs_repair /dev/nvme1n1', 'xfs_admin -U generate /dev/nvme1n1'],
  ] as const)('of the type %s is mended with the tools of that type', (fileSystem, mend, newUuid) => {
    const hintFor = (superblock: Superblock) => {
      const verdict = soundnessOf(disk.path, fileSystem, superblock)
      return verdict.is === 'refuse' ? verdict.hint : undefined
    }
    expect(hintFor({ is: 'absent' })).toContain(mend)
    expect(hintFor({ ...sound, uuid: undefined })).toBe(`give it one: ${newUuid}`)
  })
})

describe('the kernel', () => {
  test.each<[string, ReadableSuperblock, number]>([
    ['nothing unusual', sound, 4_096],
    ['less than the disk', { ...sound, sizeBytes: 4_096 }, 4_096],
    ['blocks of a page', { ...sound, blockBytes: 65_536 }, 65_536],
  ])('mounts a file system with %s', (_state, superblock, pageBytes) => {
    expect(objectionToFeatures(disk, 'ext4', superblock, pageBytes)).toBe(undefined)
  })

  test.each<[string, ReadableSuperblock, string, string]>([
    [
      'more than the disk',
      { ...sound, sizeBytes: disk.sizeBytes + 4_096 },
      'DISK_FILE_SYSTEM_CUT_SHORT',
      'has 1073745920 bytes, but the disk only 1073741824',
    ],
    ['its journal elsewhere', { ...sound, externalJournal: 'abc' }, 'DISK_JOURNAL_ELSEWHERE', 'on another device, abc'],
    [
      'a feature that must be known',
      { ...sound, unknownFeatures: ['FEATURE_I20', 'FEATURE_R21'] },
      'DISK_FEATURES_UNSUPPORTED',
      'not known here: FEATURE_I20, FEATURE_R21',
    ],
    ['a mark of its own', { ...sound, isMarkedReadOnly: true }, 'DATA_VOLUME_READ_ONLY', 'marked as read-only'],
    [
      'blocks of more than a page',
      { ...sound, blockBytes: 65_536 },
      'DISK_FEATURES_UNSUPPORTED',
      "blocks of 65536 bytes, more than a page of this machine's memory, 4096",
    ],
  ])('would not mount one with %s', (_state, superblock, code, because) => {
    expect(objectionToFeatures(disk, 'ext4', superblock, 4_096)).toEqual(refused(code, because))
  })

  test.each([
    ['ext4', 'take the journal in: tune2fs -O ^has_journal /dev/nvme1n1, tune2fs -j /dev/nvme1n1'],
    ['xfs', 'mount it by hand with -o logdev='],
  ] as const)('wants the journal of %s back', (fileSystem, hint) => {
    const verdict = objectionToFeatures(disk, fileSystem, { ...sound, externalJournal: 'abc' }, 4_096)
    expect(verdict?.hint).toContain(hint)
  })
})
