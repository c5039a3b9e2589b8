import type { Host } from '../engine/host.ts'
import { type BlockDevice, lsblkArgv, parseLsblk, treeOf } from '../formats/lsblk.ts'
import { type Mount, parseMountinfo } from '../formats/mountinfo.ts'
import { parseSwaps } from '../formats/swaps.ts'

/** What is read of the machine to know a disk. The format action reads the same, once more, under the disk's lock. */
export type DiskReads = Pick<Host, 'exec' | 'read' | 'list' | 'firstNonZero' | 'deviceIsClaimed' | 'deviceWriter'>

export interface Disk extends BlockDevice {
  /** Of an NVMe controller: on EC2 the volume ID without its dash. */
  readonly serial: string | undefined
  readonly model: string | undefined
  /** The disk of which it is a partition. */
  readonly partOf?: Disk
}

/** The disks of the machine and all that the kernel says is in use. */
export interface Survey {
  readonly disks: readonly Disk[]
  readonly mounts: readonly Mount[]
  readonly swaps: readonly string[]
}

export async function surveyDisks(host: DiskReads, signal: AbortSignal): Promise<Survey> {
  const [devices, mountinfo, swaps] = await Promise.all([
    host.exec(lsblkArgv, { signal }),
    host.read('/proc/self/mountinfo'),
    host.read('/proc/swaps'),
  ])
  if (mountinfo === undefined || swaps === undefined)
    throw new Error('/proc/self/mountinfo and /proc/swaps cannot be read')
  const disks = await Promise.all(parseLsblk(devices.stdout).map((device) => withIdentity(device, host)))
  return { disks, mounts: parseMountinfo(mountinfo), swaps: parseSwaps(swaps) }
}

/** From sysfs, exactly: udev's database, which lsblk asks first, lags behind a disk that has just been attached. */
async function withIdentity(device: BlockDevice, host: DiskReads): Promise<Disk> {
  const [serial, model] = await Promise.all([
    host.read(`/sys/block/${device.name}/device/serial`),
    host.read(`/sys/block/${device.name}/device/model`),
  ])
  return { ...device, serial: serial?.trim(), model: model?.trim() } // padded with blanks
}

/** Where the disk, or anything made on it, is mounted: what lsblk and the kernel's own table know between them. */
export function mountPointsOf(disk: Disk, mounts: readonly Mount[]): readonly string[] {
  const tree = treeOf(disk)
  const numbers = new Set(tree.map(({ device }) => device))
  const inKernel = mounts.filter(({ device }) => numbers.has(device)).map(({ target }) => target)
  return [...new Set([...tree.flatMap(({ mountPoints }) => mountPoints), ...inKernel])]
}

/** By which it is written: itself, what is made on it, and the disk of which it is a part. */
export function devicesOf(disk: Disk): readonly string[] {
  return [...treeOf(disk), ...(disk.partOf === undefined ? [] : [disk.partOf])].map(({ device }) => device)
}

/** What sysfs shows on top of a disk, by the kernel's names: the second witness, beside lsblk's tree. */
export interface Tops {
  readonly partitions: readonly string[]
  readonly holders: readonly string[]
}

export async function topsOf(disk: Disk, host: DiskReads): Promise<Tops> {
  const [entries, holders, loops] = await Promise.all([
    host.list(`/sys/class/block/${disk.name}`),
    host.list(`/sys/class/block/${disk.name}/holders`),
    loopsOver(disk, host),
  ])
  return { partitions: entries.filter((entry) => entry.startsWith(disk.name)), holders: [...holders, ...loops] }
}

/** A loop device is no holder of the disk that it reads and writes, neither in sysfs nor for lsblk. */
async function loopsOver(disk: Disk, host: DiskReads): Promise<readonly string[]> {
  const paths = treeOf(disk).map(({ path }) => path)
  const loops = (await host.list('/sys/block')).filter((name) => name.startsWith('loop'))
  const backing = await Promise.all(loops.map((name) => host.read(`/sys/block/${name}/loop/backing_file`)))
  return loops.filter((_, index) => paths.includes(backing[index]?.trimEnd() ?? ''))
}
