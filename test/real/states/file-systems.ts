import { putApfs, putGfs2, putHfsPlus, putReiserfs, putRomfs, putUfs } from '../signatures/file-systems.ts'
import type { DiskState, StateGroup } from './disk-state.ts'
import { by, bytes, kiB, type Making, ofFolder } from './making.ts'

const other = (before: string, prepare: Making, sizeMiB = 64): DiskState => ({
  before,
  sizeMiB,
  prepare,
  expected: 'DISK_OTHER_FILE_SYSTEM',
})

/** Where Debian has no tool for it, or a large one: the signature by hand. */
export const otherFileSystems: StateGroup = {
  title: 'another file system',
  states: [
    other('ext2', by('mkfs.ext2', '-q')),
    other('ext3', by('mkfs.ext3', '-q')),
    other('XFS', by('mkfs.xfs', '-q'), 320),
    other('FAT', by('mkfs.vfat')),
    other('exFAT', by('mkfs.exfat')),
    other('NTFS', by('mkfs.ntfs', '--quick', '--force', '--quiet')),
    other('ReFS', bytes(0, '\0\0\0ReFS\0')),
    other('F2FS', by('mkfs.f2fs', '-q')),
    other('JFS', by('mkfs.jfs', '-q')),
    other('NILFS2', by('mkfs.nilfs2', '-q'), 160),
    other('Minix', by('mkfs.minix')),
    other('ReiserFS', putReiserfs),
    other('Reiser4', bytes(64 * kiB, 'ReIsEr4\0')),
    other('UFS of FreeBSD', putUfs),
    other('HFS+', putHfsPlus),
    other('APFS', putApfs),
    other('GFS2', putGfs2),
    other('OCFS2', bytes(2 * kiB, 'OCFSV2')),
    other(
      'an ISO 9660 image',
      ofFolder((folder, device) => ['genisoimage', '-quiet', '-o', device, folder]),
    ),
    other('UDF', by('mkudffs', '--media-type=hd')),
    other(
      'SquashFS',
      ofFolder((folder, device) => ['mksquashfs', folder, device, '-noappend', '-quiet', '-no-progress']),
    ),
    other('BFS of SCO', by('mkfs.bfs')),
    other('romfs', putRomfs),
  ],
}
