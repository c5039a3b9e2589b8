import type { Config } from '../config/schema.ts'
import type { FstabEntry } from '../formats/fstab.ts'
import type { Mount } from '../formats/mountinfo.ts'
import { isAddress } from './efs-connection.ts'
import type { Destination } from './efs-reachability.ts'
import { tunnelPort } from './efs-tunnel.ts'

/** What carries the file system: AWS's mount helper, our own tunnel, or plain NFS. */
export type Client = Exclude<Config['efs']['client'], 'auto'>

/** mount(8) looks for helpers of other types here alone. */
export const helperPath = '/sbin/mount.efs'

/** A machine that has our tunnel keeps it: the helper turning up later must not take away a mount that works. */
export function clientOf(configured: Config['efs']['client'], has: { helper: boolean; tunnel: boolean }): Client {
  if (configured !== 'auto') return configured
  return has.helper && !has.tunnel ? 'efs-utils' : 'stunnel'
}

/** nofail: the boot goes on without it. The limit is for a mount target that does not answer. */
const systemdOptions = ['_netdev', 'nofail', 'x-systemd.mount-timeout=90s']

/** As AWS recommends. `hard`: a program waits out an interruption instead of losing what it wrote. */
const nfsOptions = ['nfsvers=4.1', 'rsize=1048576', 'wsize=1048576', 'hard', 'timeo=600', 'retrans=2', 'noresvport']

/** `connect`: what the client is to connect to, where that stands in the entry. */
export function entryFor(
  client: Client,
  { fileSystemId, mountPoint }: Config['efs'],
  { dnsName }: Destination,
  connect: string,
): FstabEntry {
  const common = { target: mountPoint, pass: 0 }
  switch (client) {
    case 'efs-utils':
      return {
        ...common,
        source: `${fileSystemId}:/`,
        type: 'efs',
        options: [...helperOptions(connect), ...systemdOptions],
      }
    case 'stunnel':
      return {
        ...common,
        source: '127.0.0.1:/',
        type: 'nfs4',
        options: [...nfsOptions, `port=${tunnelPort}`, ...systemdOptions],
      }
    case 'nfs':
      return { ...common, source: `${dnsName}:/`, type: 'nfs4', options: [...nfsOptions, ...systemdOptions] }
  }
}

/** Source: mount.efs(8). Its tunnel verifies the certificate by the file system's name, whatever it connects to. */
function helperOptions(connect: string): readonly string[] {
  return ['tls', ...(isAddress(connect) ? [`mounttargetip=${connect}`] : [])]
}

/** The address that an entry for AWS's helper has in place of the name. */
export function helperAddress(entry: FstabEntry | undefined): string | undefined {
  const prefix = 'mounttargetip='
  return entry?.options.find((option) => option.startsWith(prefix))?.slice(prefix.length)
}

/** mount.efs has a tunnel of its own on a port of its choosing, so that source and type look like those of ours. */
export function isExpected(mount: Mount, client: Client, dnsName: string): boolean {
  if (mount.type !== 'nfs4') return false
  switch (client) {
    case 'efs-utils':
      return mount.source === '127.0.0.1:/' && !goesThroughTunnel(mount)
    case 'stunnel':
      return mount.source === '127.0.0.1:/' && goesThroughTunnel(mount)
    case 'nfs':
      return mount.source === `${dnsName}:/`
  }
}

export function goesThroughTunnel({ type, options }: Mount): boolean {
  return type === 'nfs4' && options.includes(`port=${tunnelPort}`)
}
