import { type BlockDevice, isPartition, treeOf } from '../formats/lsblk.ts'
import { lookWith } from './disk-signatures.ts'
import { type Disk, mountPointsOf, type Survey, type Tops } from './disk-survey.ts'
import { type Refusal, refusal } from './refusal.ts'

/**
 * Why the disk is not ours to look into: something uses it. Mounts of other mount namespaces are not seen here, but they
 * claim the device, which is looked at where it could be formatted.
 */
export function useOf(disk: Disk, tops: Tops, survey: Survey): Refusal | undefined {
  const targets = mountPointsOf(disk, survey.mounts)
  const mounted = targets.length === 0 ? '' : `, mounted on ${targets.join(', ')}`
  const partitions = union(tops.partitions, disk.children.filter(isPartition))
  if (partitions.length > 0) {
    const because = `${disk.path} has partitions: ${partitions.join(', ')}${mounted}`
    return refusal('DISK_PARTITIONED', because, lookWith('lsblk', disk.path))
  }
  const holders = union(
    tops.holders,
    disk.children.filter((child) => !isPartition(child)),
  )
  if (holders.length > 0) {
    const hint = `lsblk ${disk.path} and losetup show what is made on it; free it, or correct dataVolume.volumeId`
    return refusal('DISK_IN_USE', `${disk.path} is held by ${holders.join(', ')}${mounted}`, hint)
  }
  const swap = treeOf(disk).find(({ path }) => survey.swaps.includes(path))
  if (swap !== undefined) {
    const hint = `swapoff ${swap.path}, or correct dataVolume.volumeId`
    return refusal('DISK_IN_USE', `${swap.path} is in use as swap`, hint)
  }
  if (mounted !== '') {
    const hint = `unmount it there (stop nfs-server before, if it exports that, and what keeps its data on it) and run apply; or set dataVolume.mountPoint to ${targets[0]}`
    return refusal('DISK_IN_USE', `${disk.path} is used${mounted}`, hint)
  }
  return undefined
}

/** Whether its partitions are all that there is to it: they are not used, nor is anything made of them. */
export function hasIdlePartitions(disk: Disk, tops: Tops, survey: Survey): boolean {
  const tree = treeOf(disk)
  const listed = tree.filter(isPartition).map(({ name }) => name)
  const isUsed =
    tops.holders.length > 0 ||
    tops.partitions.toSorted().join() !== listed.toSorted().join() || // of one that lsblk does not list nothing is known
    tree.slice(1).some((device) => !isPartition(device)) ||
    tree.some(({ path }) => survey.swaps.includes(path)) ||
    mountPointsOf(disk, survey.mounts).length > 0
  return !isUsed
}

/**
 * The same of one of its partitions. What has the whole disk has this part of it, too; what has another partition does
 * not.
 */
export function useOfPartition(
  partition: Disk,
  tops: Tops,
  disk: Disk,
  diskTops: Tops,
  survey: Survey,
): Refusal | undefined {
  return useOf(withoutPartitions(disk), { ...diskTops, partitions: [] }, survey) ?? useOf(partition, tops, survey)
}

export function withoutPartitions(disk: Disk): Disk {
  return { ...disk, children: disk.children.filter((child) => !isPartition(child)) }
}

function union(names: readonly string[], devices: readonly BlockDevice[]): readonly string[] {
  return [...new Set([...names, ...devices.map(({ name }) => name)])]
}
