import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { RefusalCode, WaitCode } from '../../src/engine/codes.ts'
import { type LoopDisk, put } from './loop-disk.ts'
import { run } from './run.ts'
import { putGpt, putMbr, putRaidMember, putZfsMember } from './signatures.ts'

/** One state that a data volume can be in, and what is to be decided of it. A case of the matrix. */
export interface DiskState {
  readonly state: string
  readonly sizeMiB?: number
  /** For losetup. */
  readonly options?: readonly string[]
  /** Brings the blank disk into the state; returns what undoes it before the disk is detached. */
  readonly prepare?: (disk: LoopDisk) => Promise<void | (() => Promise<unknown>)>
  /** `format` and `mount`: the actions; else the code of a refusal or wait. */
  readonly expected: 'format' | 'mount' | RefusalCode | WaitCode
}

const MiB = 1024 * 1024

const mkfs =
  (...argv: readonly [string, ...string[]]) =>
  async ({ path }: LoopDisk) => {
    await run(...argv, path)
  }

const bytesAt =
  (offsetBytes: number, bytes: Uint8Array | string) =>
  async ({ path }: LoopDisk) =>
    await put(path, offsetBytes, bytes)

const ext4 = mkfs('mkfs.ext4', '-q')

/** The file system, then a change of its superblock by debugfs. */
const ext4With = (request: string) => async (disk: LoopDisk) => {
  await ext4(disk)
  await run('debugfs', '-w', '-R', request, disk.path)
}

const ext4Then = (offsetBytes: number, bytes: Uint8Array | string) => async (disk: LoopDisk) => {
  await ext4(disk)
  await put(disk.path, offsetBytes, bytes)
}

async function mounted({ path, folder }: LoopDisk) {
  const target = join(folder, 'elsewhere')
  await mkdir(target)
  await run('mount', '--options', 'ro,noload', path, target) // else the kernel goes on making it
  return () => run('umount', target)
}

async function luks(version: string, { path, folder }: LoopDisk) {
  const keyFile = join(folder, 'key')
  await run('dd', 'if=/dev/urandom', `of=${keyFile}`, 'bs=32', 'count=1', 'status=none')
  const cheap = version === 'luks2' ? ['--pbkdf-memory', '32', '--pbkdf-parallel', '1'] : []
  const iterations = version === 'luks2' ? '4' : '1000'
  await run(
    'cryptsetup',
    'luksFormat',
    '-q',
    '--type',
    version,
    '--pbkdf-force-iterations',
    iterations,
    ...cheap,
    path,
    keyFile,
  )
}

export const diskStates: readonly DiskState[] = [
  { state: 'blank', expected: 'format' },
  { state: 'blank, 1 TiB', sizeMiB: MiB, expected: 'format' },
  { state: 'blank, not of a round size', sizeMiB: 1_023, expected: 'format' },
  { state: 'ext4, clean', prepare: ext4, expected: 'mount' },
  { state: 'ext4 with a journal to be replayed', prepare: ext4With('feature needs_recovery'), expected: 'mount' },
  { state: 'ext4 that was not unmounted cleanly', prepare: ext4With('ssv state 0'), expected: 'mount' },
  { state: 'ext4 with its error flag', prepare: ext4With('ssv state 3'), expected: 'DISK_FILE_SYSTEM_DAMAGED' },
  {
    state: 'ext4 with a bad superblock checksum',
    prepare: ext4Then(1_200, randomBytes(16)),
    expected: 'DISK_FILE_SYSTEM_DAMAGED',
  },
  {
    state: 'ext4 without its magic',
    prepare: ext4Then(1_024 + 0x38, Buffer.alloc(2)),
    expected: 'DISK_FILE_SYSTEM_DAMAGED',
  },
  {
    state: 'ext4 without its superblock',
    prepare: ext4Then(1_024, Buffer.alloc(1_024)),
    expected: 'DISK_FILE_SYSTEM_DAMAGED',
  },
  {
    state: 'ext4 of 4 KiB blocks without its first MiB',
    sizeMiB: 600,
    prepare: ext4Then(0, Buffer.alloc(MiB)),
    expected: 'DISK_FILE_SYSTEM_DAMAGED',
  },
  {
    state: 'ext4 with a feature of the future',
    prepare: ext4Then(1_024 + 0x60 + 3, Buffer.of(0x40)),
    expected: 'DISK_FILE_SYSTEM_DAMAGED',
  },
  {
    state: 'ext4 beside the head of a LUKS container',
    prepare: ext4Then(0, Buffer.from('LUKS\xba\xbe\0\x01', 'latin1')),
    expected: 'DISK_SIGNATURES_AMBIGUOUS',
  },
  {
    state: 'ext4 beside a leftover RAID superblock',
    prepare: async (disk) => (await ext4(disk), await putRaidMember(disk.path)),
    expected: 'DISK_SIGNATURES_AMBIGUOUS',
  },
  { state: 'ext3', prepare: mkfs('mkfs.ext3', '-q'), expected: 'DISK_OTHER_FILE_SYSTEM' },
  { state: 'ext2', prepare: mkfs('mkfs.ext2', '-q'), expected: 'DISK_OTHER_FILE_SYSTEM' },
  { state: 'xfs', sizeMiB: 320, prepare: mkfs('mkfs.xfs', '-q'), expected: 'DISK_OTHER_FILE_SYSTEM' },
  { state: 'btrfs', sizeMiB: 128, prepare: mkfs('mkfs.btrfs', '-q'), expected: 'DISK_OTHER_FILE_SYSTEM' },
  { state: 'vfat', prepare: mkfs('mkfs.vfat'), expected: 'DISK_OTHER_FILE_SYSTEM' },
  { state: 'swap', prepare: mkfs('mkswap', '-q'), expected: 'DISK_SWAP' },
  { state: 'an LVM physical volume', prepare: mkfs('pvcreate', '-q'), expected: 'DISK_LVM_MEMBER' },
  { state: 'a LUKS 1 container', prepare: (disk) => luks('luks1', disk), expected: 'DISK_ENCRYPTED' },
  { state: 'a LUKS 2 container', prepare: (disk) => luks('luks2', disk), expected: 'DISK_ENCRYPTED' },
  { state: 'a RAID member', prepare: ({ path }) => putRaidMember(path), expected: 'DISK_RAID_MEMBER' },
  { state: 'a ZFS member', prepare: ({ path }) => putZfsMember(path), expected: 'DISK_ZFS_MEMBER' },
  { state: 'an MBR', prepare: ({ path }) => putMbr(path, 0x83), expected: 'DISK_PARTITIONED' },
  { state: 'a GPT', prepare: ({ path }) => putGpt(path), expected: 'DISK_PARTITIONED' },
  {
    state: 'a GPT of which only the backup is left',
    prepare: async ({ path }) => (await putGpt(path), await put(path, 0, Buffer.alloc(MiB))),
    expected: 'DISK_PARTITIONED',
  },
  {
    state: 'blank, with a partition that only the kernel knows',
    options: ['--partscan'],
    prepare: async ({ path }) => {
      await run('addpart', path, '1', '2048', '32768')
      return () => run('delpart', path, '1')
    },
    expected: 'DISK_PARTITIONED',
  },
  {
    state: 'random bytes everywhere',
    prepare: ({ path }) => put(path, 0, randomBytes(64 * MiB)),
    expected: 'DISK_NOT_BLANK',
  },
  { state: 'one byte at the start', prepare: bytesAt(0, 'x'), expected: 'DISK_NOT_BLANK' },
  { state: 'one byte 16 MiB before the end', prepare: bytesAt(48 * MiB, 'x'), expected: 'DISK_NOT_BLANK' },
  { state: 'one byte at the end', prepare: bytesAt(64 * MiB - 1, 'x'), expected: 'DISK_NOT_BLANK' },
  {
    state: '1 MiB in the middle of 1 GiB',
    sizeMiB: 1_024,
    prepare: bytesAt(500 * MiB - 1, randomBytes(MiB)),
    expected: 'DISK_NOT_BLANK',
  },
  {
    state: 'ext4, mounted elsewhere',
    prepare: async (disk) => (await ext4(disk), await mounted(disk)),
    expected: 'DISK_IN_USE',
  },
  {
    state: 'swap in use',
    prepare: async ({ path }) => (
      await run('mkswap', '-q', path), await run('swapon', path), () => run('swapoff', path)
    ),
    expected: 'DISK_IN_USE',
  },
  { state: 'blank, but read-only', options: ['--read-only'], expected: 'DATA_VOLUME_READ_ONLY' },
]
