import type { Config } from '../config/schema.ts'
import { ownEntry, rivalsOf } from '../formats/fstab.ts'
import { checkedName } from '../formats/stunnel-conf.ts'
import { pathUnit } from '../formats/systemd.ts'
import { entryFor, helperIdentity } from './efs-client.ts'
import type { Seen } from './efs-seen.ts'
import { outranksFstab } from './mount-unit.ts'
import { oldEfsEntry, withoutOld } from './old-script.ts'
import { type Refusal, refusal } from './refusal.ts'

/** What only a person can decide: whose the mount point is. */
export function refusalOf(config: Config['efs'], seen: Seen): Refusal | undefined {
  const path = config.mountPoint
  const { client, mountPoint, mountUnit } = seen
  if (mountPoint.is === 'taken') {
    const { source, type, target } = mountPoint.mount
    const how = target === path ? `systemctl stop '${mountUnit.name}'` : `umount ${target}`
    const hint = `unmount it (${how}) if it is not needed, or choose another efs.mountPoint`
    return refusal(
      'EFS_OTHER_MOUNT',
      `${source} (${type}) is mounted on ${target}, which is not what ${client} mounts on ${path}`,
      hint,
    )
  }
  const other = otherFileSystem(config, seen)
  if (other !== undefined) return other
  const [rival] = rivalsOf(withoutOld(seen.fstab, oldEfsEntry(config.fileSystemId, path)), path, [])
  if (rival !== undefined) {
    const because = `/etc/fstab has an entry of somebody else for ${path}: ${rival.source} (${rival.type})`
    return refusal('FSTAB_CONFLICT', because, 'remove that entry, or choose another efs.mountPoint')
  }
  if (outranksFstab(mountUnit.file)) {
    const because = `${mountUnit.file} takes the place of what /etc/fstab says of ${path}`
    return refusal('EFS_OTHER_MOUNT', because, 'remove that unit file, or choose another efs.mountPoint')
  }
  const untold = untoldMount(config, seen)
  if (untold !== undefined) return untold
  if (mountPoint.is === 'bare' && mountPoint.directory !== undefined && mountPoint.directory.kind !== 'directory') {
    const { kind, target } = mountPoint.directory
    const because = `${path} is no directory but a ${kind}${target === undefined ? '' : ` to ${target}`}`
    return refusal('MOUNT_POINT_NOT_DIRECTORY', because, 'move it away, or choose another efs.mountPoint')
  }
  return certificateRejected(seen)
}

/** Whoever answers there cannot prove that it is the file system: it gets no byte. */
function certificateRejected({ mountPoint, destination: { dnsName } }: Seen): Refusal | undefined {
  const reachability = 'reachability' in mountPoint ? mountPoint.reachability : undefined
  if (reachability?.is !== 'rejected') return undefined
  const because = `the certificate of ${reachability.address} is not accepted for ${dnsName}: ${reachability.trouble}`
  const hint = `see where the name leads (getent hosts ${dnsName}), and that ca-certificates is current`
  return refusal('EFS_CERTIFICATE_REJECTED', because, hint)
}

/**
 * Behind the tunnel or AWS's helper a mount does not tell its file system: what was written to make it does. Were that
 * overwritten while the mount lives, the old file system would pass for the new one. Plain NFS tells by its source.
 */
function otherFileSystem(config: Config['efs'], seen: Seen): Refusal | undefined {
  const { fileSystemId, mountPoint } = config
  switch (seen.client) {
    case 'nfs':
      return undefined
    case 'stunnel': {
      const [mounted] = seen.tunnelled
      const name = checkedName(seen.tunnel?.files.conf ?? '')
      if (mounted === undefined || name === undefined || name === seen.destination.dnsName) return undefined
      return mountedInstead(name, mounted, fileSystemId)
    }
    case 'efs-utils': {
      const entry = ownEntry(seen.fstab ?? '', mountPoint)
      if (!isMounted(seen) || entry?.type !== 'efs') return undefined
      const [mounted, wanted] = [helperIdentity(entry), helperIdentity(entryFor(seen.client, config, seen.connect))]
      return mounted === wanted ? undefined : mountedInstead(mounted, mountPoint, wanted)
    }
  }
}

/** AWS's helper has mounted it, and nothing in /etc/fstab says what: it may be any file system. */
function untoldMount(config: Config['efs'], seen: Seen): Refusal | undefined {
  const { mountPoint } = config
  const isTold = ownEntry(seen.fstab ?? '', mountPoint) !== undefined || isByOldScript(config, seen.fstab)
  if (seen.client !== 'efs-utils' || !isMounted(seen) || isTold) return undefined
  const wanted = helperIdentity(entryFor(seen.client, config, seen.connect))
  const because = `what is mounted on ${mountPoint} may be another than ${wanted}: /etc/fstab has no entry of the agent's`
  return refusal('EFS_OTHER_MOUNT', because, toUnmount(mountPoint))
}

function isMounted({ mountPoint }: Seen): boolean {
  return mountPoint.is !== 'bare' && mountPoint.is !== 'taken'
}

/** The old script's line tells as much as an entry of ours: this file system, with TLS and nothing else. */
function isByOldScript({ fileSystemId, mountPoint, tls, iam, accessPoint }: Config['efs'], fstab = ''): boolean {
  const isWanted = tls && !iam && accessPoint === undefined
  return isWanted && fstab.split('\n').some(oldEfsEntry(fileSystemId, mountPoint))
}

function mountedInstead(other: string, path: string, wanted: string): Refusal {
  return refusal('EFS_OTHER_MOUNT', `${other} is mounted on ${path}, not ${wanted}`, toUnmount(path))
}

function toUnmount(path: string): string {
  return `unmount it first: systemctl stop '${pathUnit(path, 'mount')}'`
}
