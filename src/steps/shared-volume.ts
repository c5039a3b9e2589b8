import type { JobConfig } from '../config/job-schema.ts'
import type { Action, ActionOutcome, Exec } from '../engine/action.ts'
import type { Decision } from '../engine/decision.ts'
import type { Step } from '../engine/step.ts'
import { rivalsOf, withEntry } from '../formats/fstab.ts'
import type { FrontendRecord } from '../formats/node-record.ts'
import { hides, tellInWaits } from './hidden-files.ts'
import { outranksFstab, startMount } from './mount-unit.ts'
import { type Refusal, refusal } from './refusal.ts'
import { shareOf } from './share.ts'
import { waitUnless } from './share-moved-on.ts'
import { lookAtSharedVolume, mountUnitsOf, type Seen } from './shared-volume-seen.ts'

/** The volume that the front end exports, mounted by NFSv4.2. */
export const sharedVolume: Step<JobConfig, Seen> = {
  id: 'shared-volume',
  title: 'Shared volume',
  after: ['efs'],
  packages: () => ['nfs-common'],
  asksAbout: ({ nfs }) => mountUnitsOf(nfs.mountPoint),
  deadlineMs: ({ nfs }) => nfs.deadlineSeconds * 1_000,

  observe: lookAtSharedVolume,

  decide: (config, seen, past) => tellInWaits(decideSeen(config, seen, past), seen.bare),
}

function decideSeen(config: JobConfig, seen: Seen, past: readonly ActionOutcome[]): Decision {
  const { mountPoint } = config.nfs
  const { record } = seen
  if (typeof record !== 'object') {
    const what = `the front end, which writes ${shareOf(config).frontend} once it exports its volume`
    const more = record === 'damaged' ? '; the one that is there is damaged' : ''
    return waitUnless(seen.hasMovedOn, { code: 'EXPORT_NOT_PUBLISHED', for: `${what}${more}` })
  }
  const source = sourceOf(record)
  const objection = objectionTo(source, mountPoint, seen)
  if (objection !== undefined) return objection
  const preparing = toPrepare(source, mountPoint, seen)
  if (preparing.length > 0) return { is: 'act', actions: preparing }
  if (seen.mount === undefined) return toMount(source, mountPoint, seen, past)
  if (seen.silence !== undefined) {
    return waitUnless(seen.hasMovedOn, { code: 'SHARED_VOLUME_NOT_ANSWERING', for: seen.silence })
  }
  return { is: 'converged', because: `${source} is mounted on ${mountPoint}` }
}

function sourceOf({ address, exports }: FrontendRecord): string {
  return `${address}:${exports}`
}

function objectionTo(
  source: string,
  mountPoint: string,
  { fstab, mount, units, directory }: Seen,
): Refusal | undefined {
  const [rival] = rivalsOf(fstab ?? '', mountPoint, [source])
  if (rival !== undefined) {
    return refusal(
      'FSTAB_CONFLICT',
      `/etc/fstab has an entry that is not ours: ${rival.source} ${rival.target} ${rival.type}`,
      'remove that entry, or choose another nfs.mountPoint',
    )
  }
  if (mount !== undefined && (mount.source !== source || mount.type !== 'nfs4' || mount.target !== mountPoint)) {
    return refusal(
      'SHARED_VOLUME_OTHER_MOUNT',
      `${mount.source} (${mount.type}) is mounted on ${mount.target}, where ${source} should be`,
      `end what uses it and unmount it: umount ${mount.target}`,
    )
  }
  const foreign = units.find(({ file }) => outranksFstab(file))
  if (foreign !== undefined) {
    return refusal(
      'SHARED_VOLUME_OTHER_MOUNT',
      `${foreign.file} takes the place of what /etc/fstab says of ${mountPoint}`,
      'remove that unit file, or choose another nfs.mountPoint',
    )
  }
  if (directory !== undefined && directory.kind !== 'directory') {
    return refusal(
      'MOUNT_POINT_NOT_DIRECTORY',
      `${mountPoint} is no directory but a ${directory.kind}`,
      'move it away, or choose another nfs.mountPoint',
    )
  }
  return undefined
}

/**
 * The automount unit goes first: it does not start over a mount. By it a boot waits for nobody, and whoever looks into
 * the directory does.
 */
function toPrepare(source: string, mountPoint: string, seen: Seen): readonly Action[] {
  const options = ['nfsvers=4.2', 'hard', '_netdev', 'nofail', 'x-systemd.automount', 'x-systemd.mount-timeout=30s']
  const entry = { source, target: mountPoint, type: 'nfs4', options, pass: 0 }
  const fstab = withEntry(seen.fstab ?? '', entry)
  const isListed = fstab === seen.fstab
  const isRead = seen.units.every(({ file, isOutdated }) => file !== '' && !isOutdated)
  const actions: readonly (Action | false)[] = [
    seen.mount === undefined &&
      !seen.isAutomounted &&
      seen.directory === undefined && {
        do: 'mkdir',
        path: mountPoint,
        mode: 0o755,
        because: 'the mount point is missing',
      },
    !isListed && {
      do: 'write',
      path: '/etc/fstab',
      content: fstab,
      was: seen.fstab,
      mode: 0o644,
      keepsPermissions: true,
      check: 'fstab',
      because: `${mountPoint} must be mounted at every boot`,
    },
    (!isListed || !isRead) && {
      do: 'exec',
      argv: ['systemctl', 'daemon-reload'],
      because: 'systemd makes its mount units from /etc/fstab',
    },
    seen.mount === undefined && !seen.isAutomounted && toAutomount(mountPoint, seen),
  ]
  return actions.filter((action) => action !== false)
}

function toAutomount(mountPoint: string, { units, bare }: Seen): Exec {
  const because = [`${mountPoint} is not mounted on demand yet`, ...hides(bare)].join('; ')
  return { do: 'exec', argv: ['systemctl', 'start', units[1].name], because }
}

function toMount(source: string, mountPoint: string, seen: Seen, past: readonly ActionOutcome[]): Decision {
  const { units, words, closed, hasMovedOn } = seen
  if (closed !== undefined) return waitUnless(hasMovedOn, { code: 'SHARED_VOLUME_UNREACHABLE', for: closed })
  const because = `${source} is not mounted on ${mountPoint}`
  const mounting = startMount(units[0].name, because, words, 'SHARED_VOLUME_NOT_MOUNTED')
  const hasFailed = past.some(({ is }) => is === 'failed')
  if (hasMovedOn && hasFailed && mounting.obstacle !== undefined) return waitUnless(hasMovedOn, mounting.obstacle)
  return { is: 'act', actions: [mounting] }
}
