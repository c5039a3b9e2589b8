import type { Host } from '../engine/host.ts'
import type { NodeLine } from '../formats/slurm-conf.ts'
import { type NodeHardware, parseHardware } from '../formats/slurm-node.ts'
import { inOneLine } from './service.ts'

/** What slurm.conf has of a node that nobody knows yet: the least that Slurm takes. */
export const unknownNode = { cpus: 1, memoryMiB: 1 } as const

const topologyFields = ['cpus', 'sockets', 'coresPerSocket', 'threadsPerCore'] as const

/** What slurmd finds, and will register with. */
export async function nodeHardware(host: Host, signal: AbortSignal): Promise<NodeHardware> {
  const { stdout } = await host.exec(['slurmd', '-C'], { signal })
  const hardware = parseHardware(stdout)
  if (hardware === undefined) throw new Error(`slurmd -C prints no hardware: ${inOneLine(stdout)}`)
  return hardware
}

/** slurmctld drains a node that has less than its line of slurm.conf says. */
export function isTooSmall(found: NodeHardware, line: NodeLine | undefined): boolean {
  const { cpus = 0, memoryMiB = 0 } = line ?? {}
  return found.cpus < cpus || found.memoryMiB < memoryMiB
}

/**
 * Whether the front end has made the line with what this machine has told it. Without sockets, a line has the CPUs of
 * slurm.nodes; or it is that of a node that nobody knew, whose address is not in it either: that comes by the same record.
 */
export function isTakenUp(line: NodeLine, told: NodeHardware): boolean {
  const isUnknown =
    line.address === undefined && (line.cpus === unknownNode.cpus || line.memoryMiB === unknownNode.memoryMiB)
  if (line.sockets === undefined) return !isUnknown
  return topologyFields.every((field) => line[field] === told[field])
}
