import { truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { loopDisk } from '../loop-disk.ts'
import { run } from '../run.ts'
import { putRaidMember } from '../signatures/members.ts'
import type { DiskState, Expected, StateGroup } from './disk-state.ts'
import { by, inOrder, intent, kiB, type Making, MiB, random, uuid, zeros } from './making.ts'

/** mkfs.xfs makes none that is smaller than 300 MiB. */
const sizeMiB = 320

const xfs = (...options: readonly string[]): Making => by('mkfs.xfs', '-q', '-K', ...options)
const ours = xfs('-m', `uuid=${uuid}`)

/** A field of the superblock, with a checksum to match, or not. */
const field =
  (name: string, value: string, ...options: readonly string[]): Making =>
  async ({ path }) => {
    await run('xfs_db', '-x', '-c', 'sb 0', '-c', ['write', ...options, name, value].join(' '), path)
  }

/** As mkfs.xfs leaves it when it is cut off before its last write. */
const halfMade = inOrder(ours, field('inprogress', '1'))

const logElsewhere: Making = async ({ path }) => {
  await using log = await loopDisk(600)
  await run('mkfs.xfs', '-q', '-K', '-l', `logdev=${log.path},size=512m`, path)
}

const copyOfLarger: Making = async ({ path, folder }) => {
  const larger = join(folder, 'larger')
  await writeFile(larger, '')
  await truncate(larger, 400 * MiB)
  await run('mkfs.xfs', '-q', '-K', larger)
  await run('dd', `if=${larger}`, `of=${path}`, 'bs=1M', `count=${sizeMiB}`, 'conv=fsync,sparse', 'status=none')
}

const state = (before: string, prepare: Making, expected: Expected, more: Partial<DiskState> = {}): DiskState => ({
  before,
  prepare,
  expected,
  sizeMiB,
  config: { fileSystem: 'xfs' },
  ...more,
})

const nothing: Making = async () => undefined

/** Where XFS is configured. */
export const xfsDisks: StateGroup = {
  title: 'XFS, as configured',
  states: [
    state('all zeros', nothing, 'format'),
    state('XFS', ours, 'mount'),
    state('XFS with a label', xfs('-L', 'my data'), 'mount', { variantOf: 'XFS' }),
    state('XFS with blocks of 1 KiB', xfs('-b', 'size=1024'), 'mount', { variantOf: 'XFS' }),
    state('XFS whose mkfs was cut off, and our intent', inOrder(halfMade, intent()), 'format'),
    state('XFS whose mkfs was cut off, without an intent', halfMade, 'DISK_FILE_SYSTEM_DAMAGED'),
    state(
      "XFS whose mkfs was cut off, and another instance's intent",
      inOrder(halfMade, intent({ instanceId: 'i-0fedcba9876543210' })),
      'DISK_FILE_SYSTEM_DAMAGED',
      { variantOf: 'XFS whose mkfs was cut off, without an intent' },
    ),
    state(
      'XFS whose mkfs was cut off, and an intent with another UUID',
      inOrder(halfMade, intent({ uuid: '5f2c8a1e-7d34-4b69-8e0f-1a2b3c4d5e6f' })),
      'DISK_FILE_SYSTEM_DAMAGED',
      { variantOf: 'XFS whose mkfs was cut off, without an intent' },
    ),
    state('our whole XFS, and our intent', inOrder(ours, intent()), 'mount', { variantOf: 'XFS' }),
    state('XFS that must be repaired', inOrder(ours, field('features_incompat', '0x1b')), 'DISK_FILE_SYSTEM_DAMAGED'),
    state('XFS with a bad superblock checksum', inOrder(ours, random(110, 2)), 'DISK_FILE_SYSTEM_DAMAGED'),
    state('XFS without a UUID', xfs('-m', 'uuid=00000000-0000-0000-0000-000000000000'), 'DISK_WITHOUT_UUID'),
    state('XFS with its log on another disk', logElsewhere, 'DISK_JOURNAL_ELSEWHERE'),
    state('XFS, copied from a larger disk', copyOfLarger, 'DISK_FILE_SYSTEM_CUT_SHORT'),
    state('XFS without its first superblock', inOrder(ours, zeros(0, 4 * kiB)), 'DISK_NOT_BLANK'),
    state(
      'XFS, and what is left of a RAID at the end',
      inOrder(ours, (disk) => putRaidMember(disk, '1.0')),
      'DISK_SIGNATURES_AMBIGUOUS',
    ),
    state('ext4', by('mkfs.ext4', '-q'), 'DISK_OTHER_FILE_SYSTEM'),
    state(
      'ext4, half-made, and our intent',
      inOrder(by('mkfs.ext4', '-q', '-b', '4096', '-m', '0', '-E', 'nodiscard', '-U', uuid), zeros(kiB, kiB), intent()),
      'format',
    ),
  ],
}
