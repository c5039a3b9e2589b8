import type { Config } from '../config/schema.ts'
import type { Host } from '../engine/host.ts'
import { ownEntry } from '../formats/fstab.ts'
import { type Mount, mountAt, parseMountinfo } from '../formats/mountinfo.ts'
import { checkedName, connectHost } from '../formats/stunnel-conf.ts'
import { pathUnit } from '../formats/systemd.ts'
import { type Client, clientOf, goesThroughTunnel, helperAddress, isExpected, showsStandIn } from './efs-client.ts'
import { connectionTo } from './efs-connection.ts'
import { type Destination, destinationOf } from './efs-destination.ts'
import { type HelperPackage, helperPath, lookAtHelperPackage } from './efs-helper.ts'
import { lookAtMountPoint, type MountPoint } from './efs-mount-point.ts'
import { efsDnsName } from './efs-name.ts'
import { readTunnelFiles, type TunnelFiles, tunnelUnit, tunnelWords } from './efs-tunnel.ts'
import { showUnits, type Unit } from './efs-units.ts'
import { lastWords } from './service.ts'

export interface Seen {
  readonly client: Client
  readonly hasHelper: boolean
  /** Looked at where the helper is to mount, but missing, and the configuration has a package of it. */
  readonly helperPackage: HelperPackage | undefined
  readonly destination: Destination
  /** What the client is to connect to: a name or an address. */
  readonly connect: string
  readonly fstab: string | undefined
  readonly mountPoint: MountPoint
  /** Wherever our tunnel carries a mount: at the mount point, or at an earlier one. */
  readonly tunnelled: readonly string[]
  readonly mountUnit: Unit
  /** What the last try to mount said, when it failed. */
  readonly mountWords: string | undefined
  /** For the client `stunnel` alone. */
  readonly tunnel: Tunnel | undefined
}

export interface Tunnel {
  readonly files: TunnelFiles
  readonly unit: Unit
  /** What stunnel said last, while systemd starts it again. */
  readonly words: string | undefined
}

/** While the file system is mounted and answers, this asks AWS nothing, and DNS only where an address is in its place. */
export async function lookAtEfs(config: Config['efs'], host: Host, signal: AbortSignal): Promise<Seen> {
  const [helper, files, fstab, mountinfo] = await Promise.all([
    host.stat(helperPath),
    readTunnelFiles(host),
    host.read('/etc/fstab'),
    host.read('/proc/self/mountinfo'),
  ])
  const writtenNames = [checkedName(files.conf ?? ''), ownEntry(fstab ?? '', config.mountPoint)?.source.split(':')[0]]
  const mounts = parseMountinfo(mountinfo ?? '')
  const mount = mountAt(mounts, config.mountPoint)
  const hasHelper = helper !== undefined
  const client = clientOf(config, { helper: hasHelper, tunnel: files.unit !== undefined })
  const helperPackage = client === 'efs-utils' && !hasHelper ? config.utilsPackage : undefined
  const [dnsName, units, ofHelper] = await Promise.all([
    efsDnsName(config.fileSystemId, writtenNames, host, signal),
    lookAtUnits(client, pathUnit(config.mountPoint, 'mount'), host, signal),
    helperPackage && lookAtHelperPackage(helperPackage, host, signal),
  ])
  const destination = destinationOf(config, dnsName, client)
  const written = writtenConnection(client, files, fstab, config.mountPoint)
  const mountPoint = await lookAtMountPoint(
    config.mountPoint,
    mount,
    (found) => isExpected(found, client, destination, config.tls, written),
    destination,
    host,
    signal,
  )
  const tunnel = units.tunnel && { files, ...units.tunnel }
  return {
    client,
    hasHelper,
    helperPackage: ofHelper,
    destination,
    connect:
      keptAddress(mount, destination, written) ?? (await connectionTo(destination, mountPoint, written, host, signal)),
    fstab,
    mountPoint,
    tunnelled: mounts.filter(goesThroughTunnel).map(({ target }) => target),
    mountUnit: units.mount,
    mountWords: units.mountWords,
    tunnel,
  }
}

/** Without the address in our entry, a mount that shows no more than that would no longer be known for ours. */
function keptAddress(mount: Mount | undefined, to: Destination, written: string | undefined): string | undefined {
  return mount !== undefined && showsStandIn(mount, to, written) ? written : undefined
}

/** What the client connects to by its files. */
function writtenConnection(
  client: Client,
  { conf }: TunnelFiles,
  fstab: string | undefined,
  mountPoint: string,
): string | undefined {
  switch (client) {
    case 'stunnel':
      return connectHost(conf ?? '')
    case 'efs-utils':
      return helperAddress(ownEntry(fstab ?? '', mountPoint))
    case 'nfs':
      return undefined
  }
}

async function lookAtUnits(client: Client, mountName: string, host: Host, signal: AbortSignal) {
  const [mount, tunnel] = await showUnits(client === 'stunnel' ? [mountName, tunnelUnit] : [mountName], host, signal)
  if (mount === undefined) throw new Error(`systemctl show printed nothing of ${mountName}`)
  const [mountWords, words] = await Promise.all([
    mount.active === 'failed' ? lastWords([mountName], ['mount'], host, signal) : undefined,
    tunnel && tunnelWords(tunnel, host, signal),
  ])
  return { mount, mountWords, tunnel: tunnel && { unit: tunnel, words } }
}
