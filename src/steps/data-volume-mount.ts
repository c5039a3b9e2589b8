import { basename } from 'node:path'
import type { FrontendConfig } from '../config/frontend-schema.ts'
import type { ActionOutcome } from '../engine/action.ts'
import { type Decision, toConverge } from '../engine/decision.ts'
import type { FileStat } from '../engine/host.ts'
import { type FstabEntry, rivalsOf, withEntry } from '../formats/fstab.ts'
import type { Mount } from '../formats/mountinfo.ts'
import { pathUnit } from '../formats/systemd.ts'
import { tellOfGrowth, toGrow } from './data-volume-growth.ts'
import type { Identified } from './data-volume-identity.ts'
import { lookWith } from './disk-signatures.ts'
import type { Disk } from './disk-survey.ts'
import { fileSystems } from './file-systems.ts'
import type { FstabLinks } from './fstab-links.ts'
import { hides } from './hidden-files.ts'
import { startMount } from './mount-unit.ts'
import { oldDataEntry, tellOfOld, withoutOld } from './old-script.ts'
import { type Refusal, refusal } from './refusal.ts'
import { type Holds, whileUnmounted } from './soundness.ts'

/** Where the whole file system is, and where not yet. */
export interface Place {
  /** What is mounted at the mount point: this disk, or nothing. */
  readonly mount: Mount | undefined
  readonly mountPoint: FileStat | undefined
  /** What the bare mount point holds. */
  readonly bare: readonly string[]
  readonly fstab: string | undefined
  readonly links: FstabLinks
  /** Somebody's file of the mount unit, which outranks /etc/fstab. */
  readonly unitFile: string | undefined
  /** /dev/disk/by-uuid/UUID, which the mount unit waits for; not looked at once it is mounted. */
  readonly byUuid: FileStat | undefined
  /** Why it was not mounted when that was tried last; empty where it was not, or there was nothing to say. */
  readonly mountWords: string
}

/** From Linux 6.14 on, errors=remount-ro shows as emergency_ro, and a file system that was shut down as such. */
const unwritable = ['ro', 'emergency_ro', 'shutdown']

/** systemd waits so long for the device at boot, and in `systemctl start`; the boot itself does not (nofail). */
const deviceTimeoutSeconds = 30

/** Why this disk can neither be mounted there nor be left as it is mounted. */
export function objectionToMount(
  { mountPoint, fileSystem }: FrontendConfig['dataVolume'],
  disk: Disk,
  mount: Mount | undefined,
): Refusal | undefined {
  if (mount !== undefined && mount.device !== disk.device) {
    const { source, type, target } = mount
    const because = `${source} (${type}) is mounted on ${target}, where ${disk.path} should be${target === mountPoint ? '' : ` below, on ${mountPoint}`}`
    return refusal(
      'DATA_VOLUME_OTHER_MOUNT',
      because,
      `stop nfs-server and what keeps its data there, umount ${target} and run apply, or choose another dataVolume.mountPoint`,
    )
  }
  if (mount !== undefined && mount.type !== fileSystem) {
    const because = `${disk.path} is mounted on ${mountPoint} as ${mount.type}, not as ${fileSystem}`
    return refusal('DISK_OTHER_FILE_SYSTEM', because, lookWith('wipefs --no-act', disk.path))
  }
  if (mount !== undefined && mount.root !== '/') {
    const because = `not the whole file system of ${disk.path} is mounted on ${mountPoint}, but its directory ${mount.root}`
    return refusal(
      'DATA_VOLUME_OTHER_MOUNT',
      because,
      `stop nfs-server and what keeps its data there, umount ${mountPoint}, which is a bind mount, and run apply`,
    )
  }
  const isReadOnly = mount?.options.some((option) => unwritable.includes(option)) ?? false
  if (!disk.readOnly && !isReadOnly) return undefined
  const because = isReadOnly
    ? `${disk.path} is mounted read-only on ${mountPoint}`
    : `the kernel holds ${disk.path} read-only`
  const check = `check it with ${fileSystems[fileSystem].checkCommand} ${disk.path}`
  const hint = `look for errors with journalctl --dmesg; take a snapshot, ${whileUnmounted(check)}`
  return refusal('DATA_VOLUME_READ_ONLY', because, hint)
}

/** What is in the way at the mount point, for which a person must make room: looked at before a disk is formatted, too. */
export function objectionToPlace(
  { partition, mountPoint }: Pick<Identified, 'partition' | 'mountPoint'>,
  disk: Disk,
  holds: Pick<Holds, 'uuid' | 'label'> | undefined,
  place: Pick<Place, 'fstab' | 'links' | 'unitFile' | 'mountPoint'>,
): Refusal | undefined {
  const others = withoutOld(place.fstab, oldDataEntry(mountPoint))
  const rivals = rivalsOf(others, mountPoint, namesOf(disk, partition, holds, place.links))
  if (rivals.length > 0) {
    const entries = rivals.map(({ source, target, type }) => `${source} ${target} ${type}`).join('; ')
    return refusal(
      'FSTAB_CONFLICT',
      `/etc/fstab has an entry that is not ours: ${entries}`,
      `remove that entry, or choose another dataVolume.mountPoint`,
    )
  }
  if (place.unitFile !== undefined) {
    return refusal(
      'DATA_VOLUME_OTHER_MOUNT',
      `${place.unitFile} takes the place of what /etc/fstab says of ${mountPoint}`,
      'remove that unit file, or choose another dataVolume.mountPoint',
    )
  }
  if (place.mountPoint !== undefined && place.mountPoint.kind !== 'directory') {
    return refusal(
      'MOUNT_POINT_NOT_DIRECTORY',
      `${mountPoint} is no directory but a ${place.mountPoint.kind}`,
      'move it away, or choose another dataVolume.mountPoint',
    )
  }
  return undefined
}

/** What is to be done until the file system is mounted, now and at every boot. */
export function decideMount(
  wanted: Identified,
  disk: Disk,
  holds: Holds,
  place: Place,
  past: readonly ActionOutcome[],
): Decision {
  const { volumeId, mountPoint, fileSystem } = wanted
  const { uuid } = holds
  const objection = objectionToPlace(wanted, disk, holds, place)
  if (objection !== undefined) return objection
  const isOld = oldDataEntry(mountPoint)
  const others = withoutOld(place.fstab, isOld)
  const shown = place.byUuid?.target === undefined ? undefined : basename(place.byUuid.target)
  if (place.mount === undefined && shown !== undefined && shown !== disk.name) {
    return refusal(
      'DISK_AMBIGUOUS',
      `${disk.path} and /dev/${shown} hold file systems with the same UUID ${uuid}`,
      `one is a copy of the other: detach it, or give it a UUID of its own (${fileSystems[fileSystem].newUuidCommand})`,
    )
  }

  const entry: FstabEntry = {
    source: `UUID=${uuid}`,
    target: mountPoint,
    type: fileSystem,
    options: ['defaults', 'nofail', `x-systemd.device-timeout=${deviceTimeoutSeconds}s`],
    pass: fileSystems[fileSystem].fsckPass,
  }
  const fstab = withEntry(others, entry)
  const listed = fstab === place.fstab
  const unit = pathUnit(mountPoint, 'mount')
  const decision = toConverge(
    `${disk.path} (${volumeId}) is mounted on ${mountPoint}`,
    place.mount === undefined &&
      shown === undefined && {
        do: 'exec',
        argv: ['udevadm', 'trigger', '--action=change', '--settle', `--name-match=${disk.path}`],
        because: `udev has not seen the file system ${uuid} yet`,
      },
    place.mountPoint === undefined && {
      do: 'mkdir',
      path: mountPoint,
      mode: 0o755,
      because: 'the mount point is missing',
    },
    !listed &&
      tellOfOld(
        {
          do: 'write',
          path: '/etc/fstab',
          content: fstab,
          was: place.fstab,
          mode: 0o644,
          keepsPermissions: true,
          check: 'fstab',
          because: `${mountPoint} must be mounted at every boot`,
        },
        isOld,
      ),
    (!listed || place.mount === undefined) && {
      do: 'exec',
      argv: ['systemctl', 'daemon-reload'],
      because: 'systemd makes its mount units from /etc/fstab',
    },
    place.mount === undefined &&
      startMount(
        unit,
        [`${disk.path} is not mounted on ${mountPoint}`, ...hides(place.bare)].join('; '),
        place.mountWords,
        'DATA_VOLUME_MOUNT_FAILED',
      ),
    place.mount !== undefined && toGrow(wanted, disk, holds, past),
  )
  return tellOfGrowth(decision, wanted, disk, holds, past)
}

/** The names by which an entry of somebody else could mean this file system; some are known before udev links them. */
function namesOf(
  disk: Disk,
  partition: number | undefined,
  holds: Pick<Holds, 'uuid' | 'label'> | undefined,
  links: FstabLinks,
): readonly string[] {
  const { uuid, label } = holds ?? {}
  const byId = `/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_${disk.serial}`
  const part = partition === undefined ? '' : `-part${partition}`
  return [
    disk.path,
    ...(uuid === undefined ? [] : [`UUID=${uuid}`, `/dev/disk/by-uuid/${uuid}`]),
    ...(label === undefined ? [] : [`LABEL=${label}`, `/dev/disk/by-label/${label}`]),
    ...(disk.serial === undefined ? [] : [`${byId}${part}`, `${byId}_1${part}`]),
    ...[...links].flatMap(([source, name]) => (name === disk.name ? [source] : [])),
  ]
}
