import type { Config } from '../config/schema.ts'
import type { Write } from '../engine/action.ts'

/** What lies below the mount point of EFS is written only while it is mounted. */
export function guardOf(path: string, { efs: { mountPoint } }: Pick<Config, 'efs'>): Pick<Write, 'whileMounted'> {
  return `${path}/`.startsWith(`${mountPoint}/`) ? { whileMounted: mountPoint } : {}
}
