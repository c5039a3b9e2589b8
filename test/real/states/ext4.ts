import type { StateGroup } from './disk-state.ts'
import { bytes, debugfs, ext4, ext4Of, inOrder } from './making.ts'

const featured = (feature: string) => inOrder(ext4(), debugfs(`feature ${feature}`))

/** File systems of the configured type that are taken over as they are: each is mounted for real. */
export const wholeExt4: StateGroup = {
  title: 'ext4, whole',
  states: [
    { before: 'ext4', prepare: ext4(), expected: 'mount' },
    {
      before: 'ext4 with blocks of 4 KiB',
      variantOf: 'ext4',
      sizeMiB: 600,
      prepare: ext4('-b', '4096'),
      expected: 'mount',
    },
    { before: 'ext4 with blocks of 2 KiB', variantOf: 'ext4', prepare: ext4('-b', '2048'), expected: 'mount' },
    { before: 'ext4 with a journal to be replayed', prepare: featured('needs_recovery'), expected: 'mount' },
    { before: 'ext4 that was not unmounted', prepare: inOrder(ext4(), debugfs('ssv state 0')), expected: 'mount' },
    { before: 'ext4 without a journal', prepare: ext4('-O', '^has_journal'), expected: 'mount' },
    { before: 'ext4 smaller than the disk, which was enlarged', prepare: ext4Of('32M'), expected: 'mount' },
    { before: 'ext4 without checksums', prepare: ext4('-O', '^metadata_csum,^64bit'), expected: 'mount' },
    {
      before: 'ext4 with clusters (bigalloc)',
      sizeMiB: 600,
      prepare: ext4('-b', '4096', '-O', 'bigalloc', '-C', '65536'),
      expected: 'mount',
    },
    {
      before: 'ext4 with descriptors all over (meta_bg)',
      prepare: ext4('-O', 'meta_bg,^resize_inode'),
      expected: 'mount',
    },
    {
      before: 'ext4 with two backups (sparse_super2)',
      prepare: ext4('-O', 'sparse_super2,^resize_inode'),
      expected: 'mount',
    },
    {
      before: 'ext4 with protection against two mounts (mmp)',
      prepare: ext4('-O', 'mmp', '-E', 'mmp_update_interval=1'),
      expected: 'mount',
    },
    { before: 'ext4 with encrypted directories', prepare: ext4('-O', 'encrypt'), expected: 'mount' },
    { before: 'ext4 with large directories', prepare: ext4('-O', 'large_dir,ea_inode'), expected: 'mount' },
    { before: 'ext4 with data in inodes', prepare: ext4('-O', 'inline_data'), expected: 'mount' },
    { before: 'ext4 with large inodes', prepare: ext4('-I', '1024'), expected: 'mount' },
    {
      before: 'ext4 with a feature of the future that may be ignored',
      prepare: featured('FEATURE_C20'),
      expected: 'mount',
    },
    {
      before: 'ext4 with a label that reads as a line of dumpe2fs',
      prepare: ext4('-L', '\nBlock size: 1'),
      expected: 'mount',
    },
    {
      before: 'ext4 with a boot loader in its first KiB',
      prepare: inOrder(ext4(), bytes(3, 'GRUB')),
      expected: 'mount',
    },
    {
      before: 'ext4',
      given: 'EC2: made from a snapshot',
      surroundings: { ec2: { snapshotId: 'snap-0123456789abcdef0' } },
      prepare: ext4(),
      expected: 'mount',
    },
  ],
}
