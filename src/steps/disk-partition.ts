import type { FileSystem } from '../engine/action.ts'
import type { Host } from '../engine/host.ts'
import { blkidExitCodes, parseBlkid } from '../formats/blkid.ts'
import { type BlockDevice, isPartition } from '../formats/lsblk.ts'
import type { Disk } from './disk-survey.ts'
import { type Refusal, refusal } from './refusal.ts'

/** The partition that the configuration names, to be taken as the disk is. */
export async function partitionOf(
  disk: Disk,
  number: number,
  host: Pick<Host, 'read'>,
): Promise<{ readonly is: 'found'; readonly disk: Disk } | Refusal> {
  const numbered = await partitionsOf(disk, host)
  const partition = numbered.find((candidate) => candidate.number === number)?.device
  if (partition !== undefined) {
    return { is: 'found', disk: { ...partition, serial: disk.serial, model: disk.model, partOf: disk } }
  }
  const names = numbered.map(({ device }) => device.name).join(', ') || 'none'
  return refusal(
    'DISK_PARTITION_MISSING',
    `${disk.path} has no partition ${number}; those that the kernel shows: ${names}`,
    `lsblk ${disk.path} shows them; correct dataVolume.partition, or leave it out to use the whole disk`,
  )
}

/**
 * The refusal of a disk with partitions, which says how to have the one on which the configured file system is. Where
 * there are several, a person must choose.
 */
export async function withMatch(
  refused: Refusal,
  disk: Disk,
  fileSystem: string,
  host: Pick<Host, 'exec' | 'read'>,
  signal: AbortSignal,
): Promise<Refusal> {
  const numbered = await partitionsOf(disk, host)
  const types = await Promise.all(numbered.map(({ device }) => typeOn(device, host, signal)))
  const [match, ...others] = numbered.filter((_, index) => types[index] === fileSystem)
  if (match === undefined || others.length > 0) return refused
  const offer = `to mount the ${fileSystem} on ${match.device.path} as it is, set dataVolume.partition to ${match.number}`
  return { ...refused, hint: `${offer}; else ${refused.hint}` }
}

/** Partitions are made by somebody else: they are taken over, but no file system is made on them. */
export function refuseBlankPartition(path: string, fileSystem: FileSystem): Refusal {
  return refusal(
    'DISK_PARTITION_BLANK',
    `nothing is found on ${path}, and only whole disks are formatted`,
    `if it is the right partition, make the file system by hand (mkfs.${fileSystem} ${path}) and run apply again; else correct dataVolume.partition`,
  )
}

/** From sysfs: a name does not tell, since a disk may itself end with a digit. */
async function partitionsOf(disk: Disk, host: Pick<Host, 'read'>) {
  const devices = disk.children.filter(isPartition)
  const numbers = await Promise.all(devices.map(({ name }) => host.read(`/sys/class/block/${name}/partition`)))
  return devices.map((device, index) => ({ device, number: Number(numbers[index]) }))
}

async function typeOn(
  { path }: BlockDevice,
  host: Pick<Host, 'exec'>,
  signal: AbortSignal,
): Promise<string | undefined> {
  const argv = ['blkid', '--probe', '--output', 'export', path] as const
  const probe = parseBlkid(await host.exec(argv, { signal, ok: blkidExitCodes }))
  return probe.is === 'found' ? probe.type : undefined
}
