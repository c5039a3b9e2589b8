import type { Host } from '../engine/host.ts'
import type { NodeLine } from '../formats/slurm-conf.ts'
import { type NodeHardware, parseHardware } from '../formats/slurm-node.ts'
import { inOneLine } from './service.ts'

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
