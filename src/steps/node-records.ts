import { join } from 'node:path'
import type { Host } from '../engine/host.ts'
import { type NodeRecord, parseNodeRecord } from '../formats/node-record.ts'
import type { Share } from './share.ts'

/** What the job servers have told of themselves, over the share. */
export interface NodeRecords {
  /** By name. */
  readonly told: ReadonlyMap<string, NodeRecord>
  /** By address, the name of the node that has told of it last: AWS gives it to others once its node is gone. */
  readonly holders: ReadonlyMap<string, string>
  /** Files on the share that are no record of the node that they are named for. */
  readonly damaged: readonly string[]
}

/** The record of a job server. */
export function recordPath({ nodes }: Share, node: string): string {
  return join(nodes, `${node}.json`)
}

export async function lookAtRecords(share: Share, host: Host): Promise<NodeRecords> {
  const files = (await host.list(share.nodes)).filter((name) => name.endsWith('.json') && !name.startsWith('.'))
  const records = await Promise.all(files.map(async (name) => [name, await recordAt(name, share, host)] as const))
  const told = records.flatMap(([, record]) => record ?? [])
  return {
    told: new Map(told.map((record) => [record.name, record])),
    holders: await holdersOf(told, share, host),
    damaged: records.flatMap(([name, record]) => (record === undefined ? [join(share.nodes, name)] : [])),
  }
}

async function recordAt(file: string, share: Share, host: Host): Promise<NodeRecord | undefined> {
  const record = parseNodeRecord((await host.read(join(share.nodes, file))) ?? '')
  return `${record?.name}.json` === file ? record : undefined
}

/** Of several nodes that tell of one address, the one whose record is the newest. */
async function holdersOf(told: readonly NodeRecord[], share: Share, host: Host): Promise<ReadonlyMap<string, string>> {
  const toldAt = async ({ name }: NodeRecord) => (await host.stat(recordPath(share, name)))?.changedAtMs ?? 0
  const holders = new Map<string, string>()
  for (const [address, records] of Map.groupBy(told, (record) => record.address)) {
    const times = records.length === 1 ? [0] : await Promise.all(records.map(toldAt))
    const newest = records[times.indexOf(Math.max(...times))]
    if (newest !== undefined) holders.set(address, newest.name)
  }
  return holders
}
