import { isWithin, volumeOf } from '../config/places.ts'
import type { Config } from '../config/schema.ts'
import type { Write } from '../engine/action.ts'
import type { ListedMount } from './listed-mount.ts'

/** The mount point of EFS or of the cluster's volume, where a path lies on one of them. */
export function storeOf(path: string, config: Config): string | undefined {
  return [config.efs.mountPoint, volumeOf(config).mountPoint].find((mountPoint) => isWithin(path, mountPoint))
}

/** What lies on one of them is written only while that is mounted; on another disk of /etc/fstab, while that is. */
export function guardOf(path: string, config: Config, disk?: ListedMount): Pick<Write, 'whileMounted'> {
  const store = disk?.mountPoint ?? storeOf(path, config)
  return store === undefined ? {} : { whileMounted: store }
}
