import type { Host } from '../engine/host.ts'
import { controllerIn } from '../formats/conf-server.ts'
import type { Share } from './share.ts'

/** Source: slurm.conf(5), SlurmctldPort. */
const defaultPort = 6817

/**
 * Where the slurmctld that the slurm.conf of the share names takes connections, as `address:port`, if that is another
 * machine. One that a security group keeps from us is not seen.
 */
export async function controllerElsewhere(
  { slurmConf }: Share,
  host: Host,
  signal: AbortSignal,
): Promise<string | undefined> {
  const [conf = '', own] = await Promise.all([host.read(slurmConf), host.primaryAddress()])
  const { address = own, port = defaultPort } = controllerIn(conf) ?? {}
  if (address === own) return undefined
  return (await host.tcpTrouble(address, port, signal)) === undefined ? `${address}:${port}` : undefined
}
