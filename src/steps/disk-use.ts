import { treeOf } from '../formats/lsblk.ts'
import { byHand } from './disk-signatures.ts'
import { type Disk, mountPointsOf, type Survey } from './disk-survey.ts'
import { type Refusal, refusal } from './refusal.ts'

/**
 * Why the disk is not ours to look into: something uses it. `tops` is what sysfs shows on it. Mounts of other mount
 * namespaces are not seen here, but they hold the device exclusively, and mkfs opens it with O_EXCL.
 */
export function useOf(disk: Disk, tops: readonly string[], survey: Survey): Refusal | undefined {
  const targets = mountPointsOf(disk, survey.mounts)
  const mounted = targets.length === 0 ? '' : `, mounted on ${targets.join(', ')}`
  const made = [...new Set([...tops, ...disk.children.map(({ name }) => name)])]
  const partitions = made.filter((name) => name.startsWith(disk.name))
  if (partitions.length > 0) {
    const because = `${disk.path} has partitions: ${partitions.join(', ')}${mounted}`
    return refusal('DISK_PARTITIONED', because, byHand(disk.path, 'lsblk'))
  }
  if (made.length > 0) {
    const hint = `lsblk ${disk.path} shows what is made on it; free it, or correct dataVolume.volumeId`
    return refusal('DISK_IN_USE', `${disk.path} is held by ${made.join(', ')}${mounted}`, hint)
  }
  const swap = treeOf(disk).find(({ path }) => survey.swaps.includes(path))
  if (swap !== undefined) {
    const hint = `swapoff ${swap.path}, or correct dataVolume.volumeId`
    return refusal('DISK_IN_USE', `${swap.path} is in use as swap`, hint)
  }
  if (mounted !== '') {
    const hint = `unmount it there, or set dataVolume.mountPoint to ${targets[0]}`
    return refusal('DISK_IN_USE', `${disk.path} is used${mounted}`, hint)
  }
  return undefined
}
