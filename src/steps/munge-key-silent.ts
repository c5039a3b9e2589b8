import { join } from 'node:path'
import type { FrontendConfig } from '../config/frontend-schema.ts'
import type { Remove } from '../engine/action.ts'
import type { Host } from '../engine/host.ts'
import { nodeOf } from './munge-key-told.ts'
import { shareOf } from './share.ts'
import { askSlurm } from './slurm-question.ts'

/**
 * Takes back what the nodes have told that slurmctld has as down and not responding: an instance that is gone will take no
 * key up, and what ran on one that is off, slurmctld has ended. Whichever comes back tells again.
 */
export async function toForgetSilent(
  config: Pick<FrontendConfig, 'efs'>,
  host: Host,
  signal: AbortSignal,
): Promise<readonly Remove[]> {
  const { nodes, mountPoint: whileMounted } = shareOf(config)
  const [files, silent] = await Promise.all([host.list(nodes), silentNodes(host, signal)])
  const because = 'slurmctld has the node as down and not responding'
  return files.flatMap((file) => {
    const node = nodeOf(file)
    const isSilent = node !== undefined && silent.has(node)
    return isSilent ? [{ do: 'remove', path: join(nodes, file), whileMounted, because }] : []
  })
}

/** None where slurmctld does not answer. Of both conditions sinfo takes the nodes that meet each. */
async function silentNodes(host: Host, signal: AbortSignal): Promise<ReadonlySet<string>> {
  const question = ['sinfo', '--all', '--noheader', '--Node', '--dead', '--states=down', '--format=%N'] as const
  const { exitCode, stdout } = await askSlurm(question, host, signal)
  return new Set(exitCode === 0 ? stdout.split('\n') : [])
}
