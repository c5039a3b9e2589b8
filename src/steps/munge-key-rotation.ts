import { join } from 'node:path'
import type { Decision } from '../engine/decision.ts'
import { keySizeBytes } from './munge-key-trust.ts'
import { systemctl } from './service.ts'
import type { Share } from './share.ts'

/**
 * The SHA-256 of the key that a person wants to be replaced. It stands until that is done to the end, so that a run that
 * was cut off is gone on with by the next one.
 */
export const rotationPath = '/var/lib/slurm-node-agent/munge-key.rotate'

/**
 * The next act of a rotation, undefined where there is none: another key, then the pointer to it, then the old one away.
 * slurmctld is stopped first: jobs run on without it, while it would take nodes that still have the old key for down.
 * `others`: whole keys on the share beside the current one.
 */
export function rotate(
  current: string,
  others: readonly string[],
  toReplace: string | undefined,
  share: Share,
): Decision | undefined {
  if (toReplace === undefined) return undefined
  const because = `the key ${toReplace.slice(0, 12)} is to be replaced`
  const { mountPoint: whileMounted, mungeKeys } = share
  const old = `${toReplace}.key`
  if (current !== old) {
    const remove = others.includes(old)
      ? [{ do: 'remove', path: join(mungeKeys, old), whileMounted, because: 'it was replaced' } as const]
      : []
    return { is: 'act', actions: [...remove, { do: 'remove', path: rotationPath, because: 'the key was replaced' }] }
  }
  const [next] = others
  if (next === undefined) {
    const make = {
      do: 'make-secret',
      directory: mungeKeys,
      sizeBytes: keySizeBytes.most,
      whileMounted,
      because,
    } as const
    return { is: 'act', actions: [make] }
  }
  const pointer = join(mungeKeys, 'current')
  return {
    is: 'act',
    actions: [
      systemctl('nodes that still have the old key are not to be taken for down', 'stop', 'slurmctld.service'),
      { do: 'symlink', path: pointer, target: next, was: current, whileMounted, because },
    ],
  }
}
