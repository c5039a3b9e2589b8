import { needsHelper } from '../config/efs-options.ts'
import type { Config } from '../config/schema.ts'
import type { FstabEntry } from '../formats/fstab.ts'
import type { Mount } from '../formats/mountinfo.ts'
import { isAddress } from './efs-connection.ts'
import type { Destination } from './efs-destination.ts'
import { tunnelPort } from './efs-tunnel.ts'

/** What carries the file system: AWS's mount helper, our own tunnel, or plain NFS. */
export type Client = Exclude<Config['efs']['client'], 'auto'>

/**
 * A machine that has our tunnel keeps it: the helper turning up later, or its package in the configuration, must not take
 * away a mount that works.
 */
export function clientOf(efs: Config['efs'], has: { helper: boolean; tunnel: boolean }): Client {
  if (efs.client !== 'auto') return efs.client
  const mayBeHelper = has.helper || efs.utilsPackage !== undefined
  if (needsHelper(efs) || (mayBeHelper && !has.tunnel)) return 'efs-utils'
  return efs.tls ? 'stunnel' : 'nfs'
}

/** Whether it may come to the tunnel. */
export function mayTunnel(efs: Config['efs']): boolean {
  return efs.client === 'stunnel' || (efs.client === 'auto' && efs.tls && !needsHelper(efs))
}

/** nofail: the boot goes on without it. The limit is for a mount target that does not answer. */
const systemdOptions = ['_netdev', 'nofail', 'x-systemd.mount-timeout=90s']

/** As AWS recommends. `hard`: a program waits out an interruption instead of losing what it wrote. */
const nfsOptions = ['nfsvers=4.1', 'rsize=1048576', 'wsize=1048576', 'hard', 'timeo=600', 'retrans=2', 'noresvport']

/** `connect`: what the client is to connect to, where that stands in the entry. */
export function entryFor(client: Client, efs: Config['efs'], connect: string): FstabEntry {
  const common = { target: efs.mountPoint, pass: 0 }
  switch (client) {
    case 'efs-utils': {
      const options = [...helperOptions(efs, connect), ...systemdOptions]
      return { ...common, source: `${efs.fileSystemId}:/`, type: 'efs', options }
    }
    case 'stunnel':
      return {
        ...common,
        source: '127.0.0.1:/',
        type: 'nfs4',
        options: [...nfsOptions, `port=${tunnelPort}`, ...systemdOptions],
      }
    case 'nfs':
      return { ...common, source: `${connect}:/`, type: 'nfs4', options: [...nfsOptions, ...systemdOptions] }
  }
}

const addressOption = 'mounttargetip='

/** Source: mount.efs(8). Its tunnel asks for a certificate for the name of the file system, whatever it connects to. */
function helperOptions({ tls, iam, accessPoint, availabilityZone }: Config['efs'], connect: string): readonly string[] {
  return [
    ...(tls ? ['tls'] : []),
    ...(iam ? ['iam'] : []),
    ...(accessPoint === undefined ? [] : [`accesspoint=${accessPoint}`]),
    ...(availabilityZone === undefined ? [] : [`az=${availabilityZone}`]),
    ...(isAddress(connect) ? [`${addressOption}${connect}`] : []),
  ]
}

/** The address that an entry for AWS's helper has in place of the name. */
export function helperAddress(entry: FstabEntry | undefined): string | undefined {
  return entry?.options.find((option) => option.startsWith(addressOption))?.slice(addressOption.length)
}

/** What a mount by AWS's helper shows to whom, and how: by another address it is still the same. */
export function helperIdentity({ source, options }: FstabEntry): string {
  const shown = options.filter((option) => /^(?:tls|iam|accesspoint=.*)$/.test(option))
  return `${source} (${shown.join(',') || 'without tls'})`
}

/**
 * AWS's helper has a tunnel of its own on a port of its choosing, so that source and type look like those of ours.
 * Without TLS, its versions before 2 have none. `written`: what the client connects to by its files.
 */
export function isExpected(
  mount: Mount,
  client: Client,
  to: Destination,
  tls: boolean,
  written: string | undefined,
): boolean {
  if (mount.type !== 'nfs4') return false
  switch (client) {
    case 'efs-utils': {
      if (mount.source === '127.0.0.1:/') return !goesThroughTunnel(mount)
      const isNamed = [`${to.host}:/`, `${to.dnsName}:/`].includes(mount.source)
      return !tls && (isNamed || showsStandIn(mount, to, written))
    }
    case 'stunnel':
      return mount.source === '127.0.0.1:/' && goesThroughTunnel(mount)
    case 'nfs':
      return mount.source === `${to.host}:/`
  }
}

/** Whether the source of the mount is the address that stood in for the name, and that nothing but our entry tells of. */
export function showsStandIn({ source }: Mount, { host }: Destination, written: string | undefined): boolean {
  return written !== undefined && isAddress(written) && !isAddress(host) && source === `${written}:/`
}

export function goesThroughTunnel({ type, options }: Mount): boolean {
  return type === 'nfs4' && options.includes(`port=${tunnelPort}`)
}
