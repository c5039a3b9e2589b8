import { anyClient } from '../config/export-client.ts'
import type { FrontendConfig } from '../config/frontend-schema.ts'
import type { Warning } from '../engine/decision.ts'
import type { Host } from '../engine/host.ts'

export interface Client {
  /** As it is configured, and stands in the exports file. */
  readonly written: string
  /** As exportfs shows it: a host by its canonical name. Undefined where that name does not resolve. */
  readonly shown: string | undefined
}

/** Whom the volume is exported to; nobody when neither the configuration nor the metadata service names any. */
export async function exportClients(
  config: FrontendConfig,
  host: Host,
  signal: AbortSignal,
): Promise<readonly Client[]> {
  const written = config.nfs.clients ?? (await vpcNetworks(host, signal))
  return await Promise.all(
    written.map(async (client) => ({
      written: client,
      shown: isHost(client) ? await canonicalName(client, host, signal) : client,
    })),
  )
}

export function unresolvedClients(clients: readonly Client[]): readonly Warning[] {
  const unresolved = clients.filter(({ shown }) => shown === undefined)
  return unresolved.map(({ written }) => ({
    code: 'NFS_CLIENT_UNRESOLVED',
    text: `${written} does not resolve: nothing new is exported to it`,
  }))
}

export function isHost(client: string): boolean {
  return client !== anyClient && !client.includes('/')
}

/** All IPv4 networks of the VPC of the primary interface. */
async function vpcNetworks(host: Host, signal: AbortSignal): Promise<readonly string[]> {
  const mac = (await host.metadata('meta-data/mac', signal))?.trim()
  if (mac === undefined) return []
  const networks = await host.metadata(`meta-data/network/interfaces/macs/${mac}/vpc-ipv4-cidr-blocks`, signal)
  return (networks ?? '').split('\n').filter((network) => /^[\d.]+\/\d+$/.test(network))
}

/** As exportfs finds it, by getaddrinfo: the first line is `10.0.0.5 STREAM ip-10-0-0-5.ec2.internal`. */
async function canonicalName(name: string, host: Host, signal: AbortSignal): Promise<string | undefined> {
  // 2: not known.
  const { stdout } = await host.exec(['getent', 'ahosts', name], { signal, ok: [0, 2] })
  return /^\S+\s+\S+\s+(\S+)/.exec(stdout)?.[1]?.toLowerCase()
}
