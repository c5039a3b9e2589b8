import { isWithin, volumeOf } from '../config/places.ts'
import type { Config } from '../config/schema.ts'
import type { Write } from '../engine/action.ts'

/** The mount point of EFS or of the cluster's volume, where a path lies on one of them. */
export function storeOf(path: string, config: Config): string | undefined {
  return [config.efs.mountPoint, volumeOf(config).mountPoint].find((mountPoint) => isWithin(path, mountPoint))
}

/** What lies on one of them is written only while that is mounted. */
export function guardOf(path: string, config: Config): Pick<Write, 'whileMounted'> {
  const store = storeOf(path, config)
  return store === undefined ? {} : { whileMounted: store }
}
