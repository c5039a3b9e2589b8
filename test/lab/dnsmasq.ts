import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DOMAIN, METADATA, RESOLVER, ROUTER, VPC_NETMASK } from './addresses.ts'
import { startDaemon } from './daemon.ts'
import { listening } from './listening.ts'

export interface Lease {
  readonly mac: string
  readonly address: string
  readonly hostname: string
}

/** The VPC's DHCP server and resolver. */
export interface NameService {
  /** Makes the name resolve. */
  publish(name: string, address: string): Promise<void>
  withdraw(name: string): Promise<void>
  /** A second one for an address goes to the new interface: dnsmasq takes it from the one before. */
  addLease(lease: Lease): Promise<void>
  stop(): Promise<void>
}

/**
 * Names that nobody published do not exist (NXDOMAIN), and a host name that a guest sends by DHCP is not published:
 * in a VPC, Slurm's node names are in no DNS.
 */
function configuration(folder: string, bridge: string): string {
  return `${[
    'keep-in-foreground',
    'user=root',
    `interface=${bridge}`,
    'except-interface=lo',
    'bind-dynamic',
    'no-resolv',
    'no-hosts',
    'address=/#/',
    `addn-hosts=${join(folder, 'names')}`,
    `dhcp-hostsfile=${join(folder, 'leases')}`,
    `dhcp-leasefile=${join(folder, 'dnsmasq.leases')}`,
    `dhcp-range=10.0.0.0,static,${VPC_NETMASK},1h`,
    'dhcp-authoritative',
    'dhcp-ignore-names',
    `domain=${DOMAIN}`,
    `dhcp-option=option:router,${ROUTER}`,
    `dhcp-option=option:dns-server,${RESOLVER}`,
    `dhcp-option=option:classless-static-route,0.0.0.0/0,${ROUTER},${METADATA}/32,${ROUTER}`,
    `pid-file=${join(folder, 'dnsmasq.pid')}`,
    'log-dhcp',
  ].join('\n')}\n`
}

/** What stands behind the interfaces that an address is for. */
function lineOf({ address, hostname }: Lease): string {
  return `${address},${hostname}`
}

export async function startNameService(folder: string, bridge: string, signal: AbortSignal): Promise<NameService> {
  const names = new Map<string, string>()
  const leases: Lease[] = []
  const write = async (): Promise<void> => {
    await writeFile(join(folder, 'names'), [...names].map(([name, address]) => `${address} ${name}\n`).join(''))
    await writeFile(
      join(folder, 'leases'),
      [...Map.groupBy(leases, lineOf)].map(([line, same]) => `${same.map(({ mac }) => mac).join()},${line}\n`).join(''),
    )
  }
  await write()
  const config = join(folder, 'dnsmasq.conf')
  await writeFile(config, configuration(folder, bridge))
  const daemon = await startDaemon({
    name: 'dnsmasq',
    argv: ['dnsmasq', `--conf-file=${config}`],
    logFile: join(folder, 'dnsmasq.log'),
    ready: () => listening(RESOLVER, 53),
    signal,
  })
  const change = async (): Promise<void> => {
    await write()
    daemon.reload()
  }
  return {
    async publish(name, address) {
      names.set(name, address)
      await change()
    },
    async withdraw(name) {
      names.delete(name)
      await change()
    },
    async addLease(lease) {
      leases.push(lease)
      names.set(`${lease.hostname}.${DOMAIN}`, lease.address)
      await change()
    },
    stop: daemon.stop,
  }
}
