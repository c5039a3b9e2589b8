import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../run.ts'
import { putBitLocker, putDrbdMetadata, putRaidMember, putXfsLog, putZfsLabels } from '../signatures/members.ts'
import type { TestDisk } from '../test-disk.ts'
import type { StateGroup } from './disk-state.ts'
import { by, bytes, inOrder, kiB, MiB, zeros } from './making.ts'

export const luks =
  (version: 'luks1' | 'luks2') =>
  async ({ path, folder }: TestDisk) => {
    const key = join(folder, 'key')
    await writeFile(key, Buffer.alloc(32, 'k'))
    const cheap = version === 'luks2' ? ['4', '--pbkdf-memory', '32', '--pbkdf-parallel', '1'] : ['1000']
    await run('cryptsetup', 'luksFormat', '-q', '--type', version, '--pbkdf-force-iterations', ...cheap, path, key)
  }

const magicAtEndOfPage = (magic: string) => bytes(4 * kiB - 10, magic)

/** What belongs to something larger, or is something else than a file system. */
export const members: StateGroup = {
  title: 'a member of something larger',
  states: [
    { before: 'an LVM physical volume', prepare: by('pvcreate', '-q'), expected: 'DISK_LVM_MEMBER' },
    {
      before: 'an LVM physical volume with its label in sector 3',
      variantOf: 'an LVM physical volume',
      prepare: by('pvcreate', '-q', '--labelsector', '3'),
      expected: 'DISK_LVM_MEMBER',
    },
    { before: 'an LVM 1 physical volume', prepare: bytes(0, 'HM\x01\0'), expected: 'DISK_LVM_MEMBER' },
    {
      before: 'a RAID member, superblock 1.2',
      prepare: (disk) => putRaidMember(disk, '1.2'),
      expected: 'DISK_RAID_MEMBER',
    },
    {
      before: 'a RAID member, superblock 1.1',
      variantOf: 'a RAID member, superblock 1.2',
      prepare: (disk) => putRaidMember(disk, '1.1'),
      expected: 'DISK_RAID_MEMBER',
    },
    {
      before: 'a RAID member, superblock 1.0 at the end',
      prepare: (disk) => putRaidMember(disk, '1.0'),
      expected: 'DISK_RAID_MEMBER',
    },
    {
      before: 'a RAID member, superblock 0.90 at the end',
      variantOf: 'a RAID member, superblock 1.0 at the end',
      prepare: (disk) => putRaidMember(disk, '0.90'),
      expected: 'DISK_RAID_MEMBER',
    },
    {
      before: "a member of Intel's firmware RAID",
      prepare: bytes(-kiB, 'Intel Raid ISM Cfg Sig. 1.0.00\0\0'),
      expected: 'DISK_RAID_MEMBER',
    },
    {
      before: 'a member of a DDF RAID',
      prepare: bytes(-512, Buffer.from('de11de11', 'hex')),
      expected: 'DISK_RAID_MEMBER',
    },
    { before: 'a LUKS 1 container', prepare: luks('luks1'), expected: 'DISK_ENCRYPTED' },
    { before: 'a LUKS 2 container', prepare: luks('luks2'), expected: 'DISK_ENCRYPTED' },
    {
      before: 'a LUKS 2 container with its second header alone',
      prepare: inOrder(luks('luks2'), zeros(0, 16 * kiB)),
      expected: 'DISK_ENCRYPTED',
    },
    { before: 'a BitLocker container', prepare: putBitLocker, expected: 'DISK_ENCRYPTED' },
    { before: 'a ZFS pool member', prepare: (disk) => putZfsLabels(disk, 'start'), expected: 'DISK_ZFS_MEMBER' },
    {
      before: 'a ZFS pool member with its last labels alone',
      prepare: (disk) => putZfsLabels(disk, 'end'),
      expected: 'DISK_ZFS_MEMBER',
    },
    { before: 'btrfs', sizeMiB: 128, prepare: by('mkfs.btrfs', '-q'), expected: 'DISK_BTRFS_MEMBER' },
    { before: 'a backing device of bcache', prepare: by('make-bcache', '-B'), expected: 'DISK_BCACHE_MEMBER' },
    {
      before: 'a caching device of bcache',
      variantOf: 'a backing device of bcache',
      prepare: by('make-bcache', '-C'),
      expected: 'DISK_BCACHE_MEMBER',
    },
    { before: 'a DRBD 8.4 device', prepare: (disk) => putDrbdMetadata(disk, '8.4'), expected: 'DISK_DRBD_MEMBER' },
    {
      before: 'a DRBD 9 device',
      variantOf: 'a DRBD 8.4 device',
      prepare: (disk) => putDrbdMetadata(disk, '9'),
      expected: 'DISK_DRBD_MEMBER',
    },
    { before: 'a Ceph OSD', prepare: bytes(0, 'bluestore block device\n'), expected: 'DISK_CEPH_MEMBER' },
    { before: 'a disk of Oracle ASM', prepare: bytes(32, 'ORCLDISK'), expected: 'DISK_ORACLE_ASM' },
    { before: 'an extent of VMFS', prepare: bytes(MiB, Buffer.from('0dd001c0', 'hex')), expected: 'DISK_VMFS_MEMBER' },
    {
      before: 'a store of device-mapper snapshots',
      prepare: bytes(0, 'SnAp\x01\0\0\0\x01\0\0\0\x08\0\0\0'),
      expected: 'DISK_MAPPED_MEMBER',
    },
    { before: 'a device with dm-integrity', prepare: bytes(0, 'integrt\0\x01\x03'), expected: 'DISK_MAPPED_MEMBER' },
    {
      before: 'a hash device of dm-verity',
      prepare: bytes(0, `verity\0\0\x01\0\0\0\x01\0\0\0${'u'.repeat(16)}`),
      expected: 'DISK_MAPPED_MEMBER',
    },
    { before: 'a VDO device', prepare: bytes(0, 'dmvdo001'), expected: 'DISK_MAPPED_MEMBER' },
    { before: 'the journal of an ext4', prepare: by('mke2fs', '-q', '-O', 'journal_dev'), expected: 'DISK_IS_JOURNAL' },
    { before: 'the log of an XFS', prepare: putXfsLog, expected: 'DISK_IS_JOURNAL' },
    { before: 'swap', prepare: by('mkswap', '-q'), expected: 'DISK_SWAP' },
    { before: 'swap of the first kind', prepare: magicAtEndOfPage('SWAP-SPACE'), expected: 'DISK_SWAP' },
    { before: 'a hibernated system', prepare: magicAtEndOfPage('S1SUSPEND\0'), expected: 'DISK_HIBERNATED' },
  ],
}
