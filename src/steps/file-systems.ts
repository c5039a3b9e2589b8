import type { Argv, FileSystem } from '../engine/action.ts'
import type { Host } from '../engine/host.ts'
import { dumpe2fsExitCodes, parseDumpe2fs } from '../formats/dumpe2fs.ts'
import type { Superblock } from '../formats/superblock.ts'
import { parseXfsDb, parseXfsGeometry, xfsDbArgv, xfsDbExitCodes, xfsGeometryArgv } from '../formats/xfs.ts'
import { type Backup, blockBytes } from './ext4-places.ts'

type Exec = Pick<Host, 'exec'>

/** What differs between the file systems that a data volume can have. */
interface FileSystemTools {
  /** Debian packages that a machine need not have. */
  readonly packages: readonly string[]
  /** In fstab: 2, checked at boot after the root file system; 0, never. */
  readonly fsckPass: number
  superblockOf(device: string, host: Exec, signal: AbortSignal): Promise<Superblock>
  /** The same of one that is mounted. */
  mountedSuperblockOf(device: string, mountPoint: string, host: Exec, signal: AbortSignal): Promise<Superblock>
  /** Makes it, without anything that would force it. */
  makeArgv(device: string, uuid: string): Argv
  /** Makes it as large as the device, while it is mounted. */
  growArgv(device: string, mountPoint: string): Argv
  /** For a person: what looks for damage, what mends it, and what makes a new UUID. */
  readonly checkCommand: string
  readonly mendCommand: string
  readonly newUuidCommand: string
  /** For a person: what is to be done about a journal on a device of its own. */
  journalHint(device: string): string
}

const ext4: FileSystemTools = {
  packages: [], // e2fsprogs is on every Debian
  fsckPass: 2,
  superblockOf: ext4SuperblockOf,
  // The kernel writes to the superblock in the page cache that dumpe2fs reads, the error flag at once.
  mountedSuperblockOf: (device, _mountPoint, host, signal) => ext4SuperblockOf(device, host, signal),
  /**
   * -b: the proof of a half-made file system rests on it. No -F: mkfs opens the disk exclusively, and refuses one that is
   * in use. No discard: should all proof have failed, what mkfs does not overwrite can still be saved. No blocks reserved
   * for root: nothing that the system needs to run is kept here, and 5 % of a TiB is 51 GiB.
   */
  makeArgv: (device, uuid) => [
    'mkfs.ext4',
    '-q',
    '-b',
    String(blockBytes),
    '-m',
    '0',
    '-E',
    'nodiscard',
    '-U',
    uuid,
    device,
  ],
  growArgv: (device) => ['resize2fs', device],
  checkCommand: 'e2fsck -n',
  mendCommand: 'e2fsck',
  newUuidCommand: 'tune2fs -U random',
  journalHint: (device) =>
    'what was written last may be in there alone. Attach that device (blkid shows its UUID), let e2fsck replay it, ' +
    `and take the journal in: tune2fs -O ^has_journal ${device}, tune2fs -j ${device}`,
}

const xfs: FileSystemTools = {
  packages: ['xfsprogs'],
  fsckPass: 0, // fsck.xfs does nothing
  superblockOf: xfsSuperblockOf,
  async mountedSuperblockOf(device, mountPoint, host, signal) {
    const [superblock, geometry] = await Promise.all([
      xfsSuperblockOf(device, host, signal),
      host.exec(xfsGeometryArgv(mountPoint), { signal }),
    ])
    return superblock.is === 'readable' ? { ...superblock, sizeBytes: parseXfsGeometry(geometry.stdout) } : superblock
  },
  /** -K: no discard. No -f: it refuses a disk on which it knows something. It always opens the disk exclusively. */
  makeArgv: (device, uuid) => ['mkfs.xfs', '-q', '-K', '-m', `uuid=${uuid}`, device],
  growArgv: (_device, mountPoint) => ['xfs_growfs', '-d', mountPoint],
  checkCommand: 'xfs_repair -n',
  mendCommand: 'xfs_repair',
  newUuidCommand: 'xfs_admin -U generate',
  journalHint: () =>
    'what was written last may be in there alone, and an XFS cannot take its log in: mount it by hand with -o logdev=, ' +
    'and copy what is on it to a new volume',
}

export const fileSystems: Readonly<Record<FileSystem, FileSystemTools>> = { ext4, xfs }

/** Of an ext file system, at its start or where a backup may be. */
export async function ext4SuperblockOf(
  device: string,
  host: Exec,
  signal: AbortSignal,
  backup?: Backup,
): Promise<Superblock> {
  const place = backup === undefined ? [] : ['-o', `superblock=${backup.block}`, '-o', `blocksize=${backup.blockBytes}`]
  return parseDumpe2fs(await host.exec(['dumpe2fs', '-h', ...place, device], { signal, ok: dumpe2fsExitCodes }))
}

async function xfsSuperblockOf(device: string, host: Exec, signal: AbortSignal): Promise<Superblock> {
  return parseXfsDb(await host.exec(xfsDbArgv(device), { signal, ok: xfsDbExitCodes }))
}
