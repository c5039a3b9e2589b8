import { join } from 'node:path'
import type { JobConfig } from '../config/job-schema.ts'
import type { Obstacle } from '../engine/action.ts'
import type { Wait } from '../engine/decision.ts'
import type { Host } from '../engine/host.ts'
import { recordPath } from './munge-key-seen.ts'
import { localKey } from './munge-key-trust.ts'
import { shareOf } from './share.ts'

/**
 * The front end has given the cluster another Munge key than the agent has put here. The key that the package makes at its
 * installation is none of the cluster's: its machine is only being set up.
 */
export async function keyHasMovedOn(config: JobConfig, host: Host): Promise<boolean> {
  const [pointer, key, record] = await Promise.all([
    host.stat(join(shareOf(config).mungeKeys, 'current')),
    host.sha256(localKey),
    host.read(recordPath),
  ])
  return key !== undefined && key === record?.trim() && pointer?.target !== `${key}.key`
}

/** The same; or the share has another slurm.conf than this one. */
export async function shareHasMovedOn(config: JobConfig, conf: string, host: Host): Promise<boolean> {
  const [hasNewKey, shared] = await Promise.all([keyHasMovedOn(config, host), host.read(shareOf(config).slurmConf)])
  return hasNewKey || shared !== conf
}

/** A run that waits for an hour follows nothing for an hour: it gives up where something is to be followed. */
export function waitUnless(hasMovedOn: boolean, obstacle: Obstacle): Wait {
  if (!hasMovedOn) return { is: 'wait', ...obstacle }
  const text = 'meanwhile the front end has published another Munge key or slurm.conf, which the next run follows'
  return { is: 'wait', code: obstacle.code, for: `${obstacle.for}; ${text}`, inVain: true }
}
