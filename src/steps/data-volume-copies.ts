import { type Decision, withWarnings } from '../engine/decision.ts'
import type { Identified } from './data-volume-identity.ts'
import type { Sight } from './data-volume-sight.ts'
import { fileSystems } from './file-systems.ts'

/**
 * The decision with a word about disks that hold the same file system, as a volume made from a snapshot does: /etc/fstab
 * names it by its UUID, and which of them udev takes for that at a boot is chance.
 */
export function tellOfCopies(
  decision: Decision,
  { volumeId, fileSystem, mountPoint }: Identified,
  { disk, copies }: Extract<Sight, { is: 'mounted' }>,
): Decision {
  if (copies.length === 0) return decision
  const text =
    `${copies.join(', ')} has the UUID of ${disk.path} (${volumeId}), and may be mounted on ${mountPoint} in its place at the next boot; ` +
    `detach it before, or give it a UUID of its own (${fileSystems[fileSystem].newUuidCommand})`
  return withWarnings(decision, { code: 'DATA_VOLUME_HAS_COPY', text })
}
