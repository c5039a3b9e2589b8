import { readFile } from 'node:fs/promises'
import { mountAt, parseMountinfo } from '../../src/formats/mountinfo.ts'

/** What was to be written to is not mounted any more, or a mount above it hides it. */
export class NotMounted extends Error {}

/**
 * Throws NotMounted unless the mount point is mounted and seen. To be asked before each call that makes something: a call
 * takes its path anew, and the one before it may have hung on a dead share until that was unmounted. This hangs on none.
 */
export async function assertMounted(mountPoint: string | undefined): Promise<void> {
  if (mountPoint === undefined) return
  const mounts = parseMountinfo(await readFile('/proc/self/mountinfo', 'utf8'))
  const mount = mountAt(mounts, mountPoint)
  if (mount === undefined) throw new NotMounted(`${mountPoint} is no longer mounted`)
  if (mount.target !== mountPoint) throw new NotMounted(`${mount.target} was mounted over ${mountPoint}`)
}
