import type { FrontendConfig } from '../config/frontend-schema.ts'
import { gresCount } from '../config/gres.ts'
import { expandNodeNames } from '../config/node-names.ts'
import type { Host } from '../engine/host.ts'
import { type NodeLine, nodeLines, type SlurmNodes } from '../formats/slurm-conf.ts'
import type { NodeHardware, Topology } from '../formats/slurm-node.ts'
import { unknownNode } from './node-hardware.ts'
import { lookAtRecords, type NodeRecords } from './node-records.ts'
import type { Share } from './share.ts'

/**
 * Of nodes that nobody can find yet. Debian's slurmctld (its patch retry-getaddrinfo, from 21.08.5-2 on) asks ten times,
 * a second apart, for each node that does not resolve, before it answers anybody: seen with 22.05.8, four nodes took
 * 40 s. This address is kept for documentation (RFC 5737): nobody answers there. No node gets it that the current
 * slurm.conf has without it: a name server that fails for a moment must not change the file of a running cluster.
 */
export const noAddressYet = '192.0.2.1'

/**
 * Which part of the memory that a node tells of goes into slurm.conf, and from which part on what stands there may stay:
 * another kernel leaves a little more or less, and each change of slurm.conf restarts the daemons.
 */
const memoryShare = { taken: 0.95, kept: 0.9 }

/** What is known of the cluster's nodes. */
export interface Nodes extends NodeRecords {
  /** Entries of slurm.nodes whose first node is not found in DNS; where one is, all are taken to be. */
  readonly unresolved: readonly string[]
}

export async function lookAtNodes(
  { slurm }: Pick<FrontendConfig, 'slurm'>,
  share: Share,
  host: Host,
  signal: AbortSignal,
): Promise<Nodes> {
  const [records, looks] = await Promise.all([
    lookAtRecords(share, host),
    Promise.all(slurm.nodes.map(async (entry) => ((await areFound(entry, host, signal)) ? [] : [entry.name]))),
  ])
  return { ...records, unresolved: looks.flat() }
}

/** For slurm.conf: one line an entry, or one a node where they differ. `confs`: what it says now. */
export function nodeDefinitions(
  nodes: FrontendConfig['slurm']['nodes'],
  { unresolved, told, holders }: Nodes,
  confs: readonly string[],
): readonly SlurmNodes[] {
  const current = new Map(confs.flatMap((conf) => nodeLines(conf).flatMap(byName)))
  return nodes.flatMap((entry): readonly SlurmNodes[] => {
    const names = expandNodeNames(entry.name) ?? []
    const single = names.map((name) => ({
      name,
      ...addressOf(name, unresolved.includes(entry.name)),
      ...hardwareOf(entry, told.get(name)?.hardware, current.get(name)),
      ...asGiven(entry),
    }))
    const [first, ...others] = single
    // Several nodes cannot share a true address.
    const isOwn = first?.address !== undefined && first.address !== noAddressYet
    if (first === undefined || (others.length > 0 && isOwn) || !others.every((other) => isLike(first, other))) {
      return single
    }
    return [{ ...first, name: entry.name }]
  })

  function addressOf(name: string, isUnresolved: boolean): { address?: string } {
    const own = told.get(name)?.address ?? current.get(name)?.address
    // AWS gives it to others once its node is gone. To slurmctld that node would be the one that answers there, and up.
    if (own !== undefined && (holders.get(own) ?? name) !== name) return { address: noAddressYet }
    if (own !== undefined && own !== noAddressYet) return { address: own }
    const mayStand = !current.has(name) || own === noAddressYet
    return mayStand && isUnresolved ? { address: noAddressYet } : {}
  }
}

/** What no node tells of itself. */
function asGiven({ features, gres }: FrontendConfig['slurm']['nodes'][number]): Pick<SlurmNodes, 'features' | 'gres'> {
  return {
    ...(features && { features }),
    ...(gres && { gres: gres.map((one) => ({ ...one, count: gresCount(one) })) }),
  }
}

function isLike({ name: _one, ...one }: SlurmNodes, { name: _other, ...other }: SlurmNodes): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

function byName(line: NodeLine): readonly (readonly [string, NodeLine])[] {
  return (expandNodeNames(line.names) ?? []).map((name) => [name, line])
}

/**
 * What the configuration does not say is what the node tells; where it has ceased to, what slurm.conf has: slurmctld ends
 * the jobs of a node whose cores change.
 */
function hardwareOf(
  { cpus, memoryMiB }: FrontendConfig['slurm']['nodes'][number],
  found: NodeHardware | undefined,
  current: NodeLine | undefined,
): Omit<SlurmNodes, 'name' | 'address'> {
  const source = found ?? current
  const topology = cpus === undefined ? topologyIn(source) : { cpus }
  return { ...topology, memoryMiB: memoryMiB ?? memoryIn(found, current) }
}

function topologyIn(source: Partial<Topology> | NodeLine | undefined): Omit<SlurmNodes, 'name' | 'memoryMiB'> {
  const { cpus = unknownNode.cpus, sockets, coresPerSocket, threadsPerCore } = source ?? {}
  if (sockets === undefined || coresPerSocket === undefined || threadsPerCore === undefined) return { cpus }
  return { cpus, sockets, coresPerSocket, threadsPerCore }
}

function memoryIn(found: NodeHardware | undefined, current: NodeLine | undefined): number {
  const stands = current?.memoryMiB ?? unknownNode.memoryMiB
  if (found === undefined) return stands
  const mayStay = stands <= found.memoryMiB && stands >= found.memoryMiB * memoryShare.kept
  return mayStay ? stands : Math.trunc(found.memoryMiB * memoryShare.taken)
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
