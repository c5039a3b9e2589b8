import { join } from 'node:path'
import type { FrontendConfig } from '../config/frontend-schema.ts'
import { expandNodeNames } from '../config/node-names.ts'
import type { Host } from '../engine/host.ts'
import { type NodeRecord, parseNodeRecord } from '../formats/node-record.ts'
import { type NodeLine, nodeLines, type SlurmNodes } from '../formats/slurm-conf.ts'
import type { Share } from './share.ts'

/**
 * Of nodes that nobody can find yet. Debian's slurmctld (its patch retry-getaddrinfo, from 21.08.5-2 on) asks ten times,
 * a second apart, for each node that does not resolve, before it answers anybody: seen with 22.05.8, four nodes took
 * 40 s. This address is kept for documentation (RFC 5737): nobody answers there. No node gets it that the current
 * slurm.conf has without it: a name server that fails for a moment must not change the file of a running cluster.
 */
export const noAddressYet = '192.0.2.1'

export interface Addresses {
  /** Entries of slurm.nodes whose first node is not found in DNS; where one is, all are taken to be. */
  readonly unresolved: readonly string[]
  /** By name, of the job servers that have told theirs. */
  readonly told: ReadonlyMap<string, string>
  /** Files on the share that are no record of the node that they are named for. */
  readonly damaged: readonly string[]
}

export async function nodeAddresses(
  { slurm }: Pick<FrontendConfig, 'slurm'>,
  share: Share,
  host: Host,
  signal: AbortSignal,
): Promise<Addresses> {
  const [files, looks] = await Promise.all([
    host.list(share.nodes),
    Promise.all(slurm.nodes.map(async (entry) => ((await areFound(entry, host, signal)) ? [] : [entry.name]))),
  ])
  const paths = files.filter((name) => name.endsWith('.json') && !name.startsWith('.'))
  const records = await Promise.all(paths.map(async (name) => [name, await recordAt(name, share, host)] as const))
  return {
    unresolved: looks.flat(),
    told: new Map(records.flatMap(([, record]) => (record === undefined ? [] : [[record.name, record.address]]))),
    damaged: records.flatMap(([name, record]) => (record === undefined ? [join(share.nodes, name)] : [])),
  }
}

/** The nodes for slurm.conf, one by one where one of an entry has an address of its own. */
export function withAddresses(
  nodes: FrontendConfig['slurm']['nodes'],
  { unresolved, told }: Addresses,
  confs: readonly string[],
): readonly SlurmNodes[] {
  const current = new Map(confs.flatMap((conf) => nodeLines(conf).flatMap(addressesOf)))
  return nodes.flatMap((entry): readonly SlurmNodes[] => {
    const names = expandNodeNames(entry.name) ?? []
    const single = names.map((name) => ({ ...entry, name, ...addressOf(name, unresolved.includes(entry.name)) }))
    const [first] = single
    if (first === undefined || single.some(({ address }) => address !== first.address)) return single
    // Several nodes cannot share a true address.
    if (names.length > 1 && first.address !== undefined && first.address !== noAddressYet) return single
    return [{ ...first, name: entry.name }]
  })

  function addressOf(name: string, isUnresolved: boolean): { address?: string } {
    const own = told.get(name) ?? current.get(name)
    if (own !== undefined && own !== noAddressYet) return { address: own }
    const mayStand = !current.has(name) || own === noAddressYet
    return mayStand && isUnresolved ? { address: noAddressYet } : {}
  }
}

function addressesOf({ names, address }: NodeLine): readonly (readonly [string, string | undefined])[] {
  return (expandNodeNames(names) ?? []).map((name) => [name, address])
}

/** A name server that fails (EAI_AGAIN) is no failure of this step: the file stays as it is. */
async function areFound(
  { name }: FrontendConfig['slurm']['nodes'][number],
  host: Host,
  signal: AbortSignal,
): Promise<boolean> {
  const [first = name] = expandNodeNames(name) ?? []
  const [look] = await Promise.allSettled([host.resolve(first, signal)])
  signal.throwIfAborted()
  return look.status === 'fulfilled' && look.value.length > 0
}

async function recordAt(file: string, share: Share, host: Host): Promise<NodeRecord | undefined> {
  const record = parseNodeRecord((await host.read(join(share.nodes, file))) ?? '')
  return `${record?.name}.json` === file ? record : undefined
}
