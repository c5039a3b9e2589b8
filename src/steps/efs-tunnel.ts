import type { Action, ActionOutcome, Exec, Write } from '../engine/action.ts'
import type { FileStat, Host } from '../engine/host.ts'
import { printStunnelClient } from '../formats/stunnel-conf.ts'
import type { Destination } from './efs-destination.ts'
import { nfsPort } from './efs-reachability.ts'
import type { Unit } from './efs-units.ts'
import { lastWords, systemctl } from './service.ts'

export const tunnelUnit = 'slurm-node-agent-efs.service'
/**
 * Outside of 20049 to 21049, of which AWS's mount helper takes one at random, and below 32768, where the kernel takes
 * those of outgoing connections: nobody is in its way, and by its port a mount tells whose it is.
 */
export const tunnelPort = 22049
const confPath = '/etc/slurm-node-agent/efs-stunnel.conf'
const unitPath = `/etc/systemd/system/${tunnelUnit}`

/** The tunnel's files as they are. */
export interface TunnelFiles {
  readonly conf: string | undefined
  readonly confStat: FileStat | undefined
  readonly unit: string | undefined
}

export async function readTunnelFiles(host: Host): Promise<TunnelFiles> {
  const [conf, confStat, unit] = await Promise.all([host.read(confPath), host.stat(confPath), host.read(unitPath)])
  return { conf, confStat, unit }
}

/** `connect`: the name, or an address that stands in for it; the certificate is for the name either way. */
export function confText(dnsName: string, connect = dnsName): string {
  return printStunnelClient({
    name: 'efs',
    accept: { address: '127.0.0.1', port: tunnelPort },
    connect: { host: connect, port: nfsPort },
    serverName: dnsName,
    caFile: '/etc/ssl/certs/ca-certificates.crt',
  })
}

/**
 * The mount wants the tunnel and does not require it: systemd remounts what requires a service each time that
 * Restart= starts the service again (service.c, service_enter_restart), and unmounting without the tunnel hangs.
 * Nothing here gives the process a mount namespace (DynamicUser, ProtectSystem, PrivateTmp, …): to make one, systemd
 * walks all mounts, and the dead one that waits for this very tunnel may hold it up. The kernel writes dirty pages
 * back through the process, so it is to be among the last that go when memory runs out.
 */
export function unitText(mountUnit: string): string {
  return `# Written by slurm-node-agent, which undoes changes; your own go into a drop-in (systemctl edit).
[Unit]
Description=TLS tunnel to EFS for slurm-node-agent
Documentation=man:stunnel4(8)
Wants=network-online.target
After=network.target network-online.target nss-lookup.target
# The mount is made after the tunnel is up, and undone before it goes.
Before=${mountUnit}
# It never gives up: a mount waits for it.
StartLimitIntervalSec=0

[Service]
Type=exec
ExecStart=/usr/bin/stunnel4 ${confPath}
# Open connections live on; new ones use the new configuration.
ExecReload=/bin/kill -HUP $MAINPID
Restart=always
RestartSec=1
User=stunnel4
Group=stunnel4
OOMScoreAdjust=-900
NoNewPrivileges=yes
CapabilityBoundingSet=
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM
UMask=0077

[Install]
WantedBy=${mountUnit}
`
}

/** The files that are missing or differ. */
export function tunnelWrites(
  { conf, unit }: TunnelFiles,
  { dnsName }: Destination,
  connect: string,
  mountUnit: string,
): readonly Write[] {
  return [
    ...replacement(confPath, conf, confText(dnsName, connect)),
    ...replacement(unitPath, unit, unitText(mountUnit)),
  ]
}

function replacement(path: string, was: string | undefined, content: string): readonly Write[] {
  if (was === content) return []
  return [
    {
      do: 'write',
      path,
      content,
      was,
      mode: 0o644,
      because: was === undefined ? 'the tunnel needs it' : 'it was changed',
    },
  ]
}

/** What starts the tunnel with the mount and now, once systemd has read the files; `reload`: what has it do so. */
export function toRunTunnel(
  mountUnit: Unit,
  { unit, files }: { readonly unit: Unit; readonly files: TunnelFiles },
  writes: readonly Action[],
  reload: readonly Exec[],
  past: readonly ActionOutcome[],
): readonly Exec[] {
  const confWritten = writes.some((action) => action.do === 'write' && action.path === confPath)
  const isWanted = mountUnit.wants.includes(tunnelUnit)
  return [
    // reenable has systemd read its units anew, too: systemctl(1).
    ...(isWanted ? reload : [systemctl('the mount must bring it up', 'reenable', tunnelUnit)]),
    ...toStart(unit, confWritten || (isNewer(files.confStat, unit) && !hasTakenUp(past))),
  ]
}

/** While systemd is at it, a start of ours would change nothing. */
function toStart({ active }: Unit, isStale: boolean): readonly Exec[] {
  switch (active) {
    case 'active':
      return isStale ? [systemctl('it runs with an older configuration', 'reload', tunnelUnit)] : []
    case 'activating':
    case 'deactivating':
    case 'reloading':
      return []
    default:
      return [systemctl(`it is ${active}`, 'start', tunnelUnit)]
  }
}

/** A unit file changed under a running tunnel counts from its next start: a restart would cut off who is writing. */
function isNewer(confStat: FileStat | undefined, { changedAtMs }: Unit): boolean {
  return confStat !== undefined && changedAtMs !== undefined && confStat.changedAtMs > changedAtMs
}

/** What this run has had it take up it has, also where the clock was set back since the file was written. */
function hasTakenUp(past: readonly ActionOutcome[]): boolean {
  const written = past.findLastIndex(({ action }) => action.do === 'write' && action.path === confPath)
  const verbs = ['start', 'reload']
  const takenUp = past.findLastIndex(
    ({ is, action }) =>
      is === 'done' && action.do === 'exec' && verbs.includes(action.argv[1] ?? '') && action.argv[2] === tunnelUnit,
  )
  return takenUp > written
}

/** Why the tunnel is not there although systemd tries; asked only then. */
export async function tunnelWords({ active }: Unit, host: Host, signal: AbortSignal): Promise<string | undefined> {
  return active === 'activating' ? await lastWords([tunnelUnit], ['stunnel4'], host, signal) : undefined
}
