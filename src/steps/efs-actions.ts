import type { Config } from '../config/schema.ts'
import type { Action, ActionOutcome, Exec, Obstacle, Write } from '../engine/action.ts'
import { withEntry } from '../formats/fstab.ts'
import { entryFor } from './efs-client.ts'
import { mountFailure } from './efs-mount-failure.ts'
import type { Seen } from './efs-seen.ts'
import { toRunTunnel, tunnelWrites } from './efs-tunnel.ts'
import type { Unit } from './efs-units.ts'
import { hides } from './hidden-files.ts'
import { type IsOldLine, oldEfsEntry, tellOfOld, withoutOld } from './old-script.ts'

/** What needs no mount target, and is put in place while that is waited for. */
export function toPrepare(config: Config['efs'], seen: Seen, past: readonly ActionOutcome[]): readonly Action[] {
  const { client, connect, destination, mountPoint, mountUnit, tunnel } = seen
  const isMissing = mountPoint.is === 'bare' && mountPoint.directory === undefined
  const isOld = oldEfsEntry(config.fileSystemId, config.mountPoint)
  const others = withoutOld(seen.fstab, isOld)
  const writes = [
    ...(tunnel === undefined ? [] : tunnelWrites(tunnel.files, destination, connect, mountUnit.name)),
    ...fstabWrite(seen.fstab, withEntry(others, entryFor(client, config, connect)), isOld),
  ]
  return [
    ...(isMissing ? [mkdir(config.mountPoint)] : []),
    ...writes,
    ...(tunnel === undefined
      ? toReload([mountUnit], writes)
      : toRunTunnel(mountUnit, tunnel, writes, toReload([mountUnit, tunnel.unit], writes), past)),
  ]
}

/** What mounts and proves that the mount can be written, once nothing is in the way. */
export function toMount(config: Config['efs'], seen: Seen, past: readonly ActionOutcome[]): readonly Action[] {
  switch (seen.mountPoint.is) {
    case 'bare': {
      const reasons = [
        `${config.mountPoint} is not mounted`,
        ...hides(seen.mountPoint.holds),
        ...(seen.mountWords ? [`the last try said: ${seen.mountWords}`] : []),
      ]
      const obstacle = mountFailure(seen.client, seen.mountUnit, seen.mountWords)
      // By its unit, so that it lives in a control group of its own and not in the agent's.
      const start = {
        do: 'exec',
        argv: ['systemctl', 'start', seen.mountUnit.name],
        because: reasons.join('; '),
        ...(obstacle && { obstacle }),
      } as const
      return [start, writeTest(config.mountPoint)]
    }
    case 'writable': {
      const failed = failedWriteTest(config.mountPoint, past)
      return failed === undefined ? [] : [{ ...writeTest(config.mountPoint), obstacle: failed }]
    }
    case 'read-only':
    case 'stale':
    case 'hanging':
    case 'taken':
      return []
  }
}

function mkdir(path: string): Action {
  return { do: 'mkdir', path, mode: 0o755, because: 'the mount point is missing' }
}

function fstabWrite(was: string | undefined, content: string, isOld: IsOldLine): readonly Write[] {
  if (was === content) return []
  const because = 'the file system must be mounted at each boot'
  const write = { do: 'write', path: '/etc/fstab', content, was, mode: 0o644, keepsPermissions: true } as const
  return [tellOfOld({ ...write, check: 'fstab', because }, isOld)]
}

/** Also when an earlier run was cut off after its writes: systemd makes the mount unit from fstab only when it reloads. */
function toReload(units: readonly Unit[], writes: readonly Write[]): readonly Exec[] {
  const unread = units.filter((unit) => unit.isOutdated || unit.file === '').map((unit) => unit.name)
  if (writes.length === 0 && unread.length === 0) return []
  const because =
    writes.length > 0 ? 'unit files or fstab are written' : `systemd has not read the files of ${unread.join(', ')}`
  return [{ do: 'exec', argv: ['systemctl', 'daemon-reload'], because }]
}

function writeTest(mountPoint: string): Action {
  const because = 'the policy of a file system can mount it read-only for root'
  return { do: 'write-test', directory: mountPoint, whileMounted: mountPoint, because }
}

/** What may be written by its mode may still be denied by the server: only the try tells. */
function failedWriteTest(mountPoint: string, past: readonly ActionOutcome[]): Obstacle | undefined {
  const last = past.findLast(({ action }) => action.do === 'write-test')
  if (last === undefined || last.is === 'done') return undefined
  const error = last.is === 'failed' ? last.error : last.because
  return { code: 'EFS_READ_ONLY', for: `${mountPoint} is mounted, but a file could not be written: ${error}` }
}
