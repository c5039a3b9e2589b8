import type { FileSystem } from '../engine/action.ts'
import { blkidExitCodes, type Probe, parseBlkid } from '../formats/blkid.ts'
import type { Superblock } from '../formats/superblock.ts'
import { parseWipefs, type Signature } from '../formats/wipefs.ts'
import { blankPlaces } from './blank-places.ts'
import type { Disk, DiskReads } from './disk-survey.ts'
import { firstBackups, unwrittenPlaces } from './ext4-places.ts'
import { ext4SuperblockOf, fileSystems } from './file-systems.ts'

const leastPageBytes = 4_096
/** A volume restored from a snapshot fetches what is read from S3. */
const answerMs = 30_000

/** No signature, and every place that was looked at reads as zero. */
export interface Zeros {
  readonly is: 'zeros'
}

/** Bytes, but nothing that libblkid knows. */
export interface Unsigned {
  readonly is: 'unsigned'
  readonly nonZeroAt: number
  /** What is in the places of an ext superblock's first backups. */
  readonly backups: readonly Superblock[]
  /** A byte that is not zero where mkfs.ext4 never writes. */
  readonly strayAt: number | undefined
}

export interface Signed {
  readonly is: 'signed'
  readonly signatures: readonly Signature[]
  readonly probe: Probe
  /** Of the configured file system, as far as there is one. */
  readonly superblock: Superblock
  /** Of this machine's memory: the kernel mounts nothing with larger blocks. */
  readonly pageBytes: number
}

/** What was read from a disk that nothing uses. */
export type Contents = Zeros | Unsigned | Signed

export async function contentsOf(
  disk: Disk,
  fileSystem: FileSystem,
  host: DiskReads,
  signal: AbortSignal,
): Promise<Contents> {
  const signatures = await signaturesOn(disk, host, signal)
  const [blkid, superblock] = await Promise.all([
    host.exec(['blkid', '--probe', '--output', 'export', disk.path], { signal, ok: blkidExitCodes }),
    fileSystems[fileSystem].superblockOf(disk.path, host, signal),
  ])
  const probe = parseBlkid(blkid)
  if (signatures.length > 0 || probe.is !== 'nothing') {
    return { is: 'signed', signatures, probe, superblock, pageBytes: await pageBytesFor(superblock, host, signal) }
  }

  const nonZeroAt = await host.firstNonZero(disk.path, blankPlaces(disk.sizeBytes), signal)
  if (nonZeroAt === undefined) return { is: 'zeros' }
  const [strayAt, backups] = await Promise.all([
    host.firstNonZero(disk.path, unwrittenPlaces(disk.sizeBytes), signal),
    Promise.all(firstBackups(disk.sizeBytes).map((backup) => ext4SuperblockOf(disk.path, host, signal, backup))),
  ])
  return { is: 'unsigned', nonZeroAt, backups, strayAt }
}

/** First, and by itself: a read of a volume that EBS does not answer for never ends, and that is to be said. */
async function signaturesOn({ path }: Disk, host: DiskReads, signal: AbortSignal): Promise<readonly Signature[]> {
  const { stdout } = await host.exec(['wipefs', '--no-act', '--json', path], { signal, withinMs: answerMs })
  return parseWipefs(stdout)
}

/** The least that there are, unless more are needed to tell. */
async function pageBytesFor(superblock: Superblock, host: DiskReads, signal: AbortSignal): Promise<number> {
  if (superblock.is !== 'readable' || superblock.blockBytes <= leastPageBytes) return leastPageBytes
  return Number((await host.exec(['getconf', 'PAGESIZE'], { signal })).stdout)
}
