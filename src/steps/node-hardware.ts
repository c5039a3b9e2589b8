import type { Host } from '../engine/host.ts'
import { type NodeHardware, parseHardware } from '../formats/slurm-node.ts'
import { inOneLine } from './service.ts'

/** What slurmd finds, and will register with. */
export async function nodeHardware(host: Host, signal: AbortSignal): Promise<NodeHardware> {
  const { stdout } = await host.exec(['slurmd', '-C'], { signal })
  const hardware = parseHardware(stdout)
  if (hardware === undefined) throw new Error(`slurmd -C prints no hardware: ${inOneLine(stdout)}`)
  return hardware
}
