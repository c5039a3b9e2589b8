import { join } from 'node:path'
import type { FrontendConfig } from '../config/frontend-schema.ts'
import { expandNodeNames } from '../config/node-names.ts'
import type { Host } from '../engine/host.ts'
import { type NodeRecord, parseNodeRecord } from '../formats/node-record.ts'
import { type NodeLine, nodeLines, type SlurmNodes } from '../formats/slurm-conf.ts'
import type { NodeHardware } from '../formats/slurm-node.ts'
import type { Share } from './share.ts'

/**
 * Of nodes that nobody can find yet. Debian's slurmctld (its patch retry-getaddrinfo, from 21.08.5-2 on) asks ten times,
 * a second apart, for each node that does not resolve, before it answers anybody: seen with 22.05.8, four nodes took
 * 40 s. This address is kept for documentation (RFC 5737): nobody answers there. No node gets it that the current
 * slurm.conf has without it: a name server that fails for a moment must not change the file of a running cluster.
 */
export const noAddressYet = '192.0.2.1'

/** What is left of a node's memory when its kernel, or its type of instance, is another one by a little. */
const memoryShare = 0.95

/** What is known of the cluster's nodes. */
export interface Nodes {
  /** Entries of slurm.nodes whose first node is not found in DNS; where one is, all are taken to be. */
  readonly unresolved: readonly string[]
  /** By name, of the job servers that have told of themselves. */
  readonly told: ReadonlyMap<string, NodeRecord>
  /** Files on the share that are no record of the node that they are named for. */
  readonly damaged: readonly string[]
}

export async function lookAtNodes(
  { slurm }: Pick<FrontendConfig, 'slurm'>,
  share: Share,
  host: Host,
  signal: AbortSignal,
): Promise<Nodes> {
  const [files, looks] = await Promise.all([
    host.list(share.nodes),
    Promise.all(slurm.nodes.map(async (entry) => ((await areFound(entry, host, signal)) ? [] : [entry.name]))),
  ])
  const paths = files.filter((name) => name.endsWith('.json') && !name.startsWith('.'))
  const records = await Promise.all(paths.map(async (name) => [name, await recordAt(name, share, host)] as const))
  return {
    unresolved: looks.flat(),
    told: new Map(records.flatMap(([, record]) => (record === undefined ? [] : [[record.name, record]]))),
    damaged: records.flatMap(([name, record]) => (record === undefined ? [join(share.nodes, name)] : [])),
  }
}

/** For slurm.conf: one line an entry, or one a node where they differ. */
export function nodeDefinitions(
  nodes: FrontendConfig['slurm']['nodes'],
  { unresolved, told }: Nodes,
  confs: readonly string[],
): readonly SlurmNodes[] {
  const current = new Map(confs.flatMap((conf) => nodeLines(conf).flatMap(addressesOf)))
  return nodes.flatMap((entry): readonly SlurmNodes[] => {
    const names = expandNodeNames(entry.name) ?? []
    const single = names.map((name) => ({
      name,
      ...addressOf(name, unresolved.includes(entry.name)),
      ...hardwareOf(entry, told.get(name)),
    }))
    const [first, ...others] = single
    // Several nodes cannot share a true address.
    const isOwn = first?.address !== undefined && first.address !== noAddressYet
    if (first === undefined || (others.length > 0 && isOwn) || others.some(differsFrom(first))) return single
    return [{ ...first, name: entry.name }]
  })

  function addressOf(name: string, isUnresolved: boolean): { address?: string } {
    const own = told.get(name)?.address ?? current.get(name)
    if (own !== undefined && own !== noAddressYet) return { address: own }
    const mayStand = !current.has(name) || own === noAddressYet
    return mayStand && isUnresolved ? { address: noAddressYet } : {}
  }
}

function differsFrom(one: SlurmNodes) {
  return (other: SlurmNodes): boolean =>
    other.address !== one.address || other.cpus !== one.cpus || other.memoryMiB !== one.memoryMiB
}

/** A node that nobody knows anything of yet is there as the least that Slurm takes: jobs can be queued for it. */
function hardwareOf(
  { cpus, memoryMiB }: FrontendConfig['slurm']['nodes'][number],
  record: NodeRecord | undefined,
): NodeHardware {
  const found = record?.hardware
  return {
    cpus: cpus ?? found?.cpus ?? 1,
    memoryMiB: memoryMiB ?? (found === undefined ? 1 : Math.trunc(found.memoryMiB * memoryShare)),
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
