import { join } from 'node:path'
import type { Decision } from '../engine/decision.ts'
import { parseRotation } from '../formats/munge-rotation.ts'
import { keySizeBytes } from './munge-key-trust.ts'
import { refusal } from './refusal.ts'
import { systemctl } from './service.ts'
import type { Share } from './share.ts'
import { slurmctldUnit } from './slurmctld.ts'

/**
 * Which key a person wants to be replaced. It is on the share, so that a front end in the place of the one that began goes
 * on with it, and stands until the old key is gone.
 */
export function rotationPath({ mungeKeys }: Share): string {
  return join(mungeKeys, 'rotation')
}

/**
 * The next act until the pointer leads to a key that was not there before; undefined where there is none. slurmctld is
 * stopped first: jobs run on without it, while it would take nodes that still have the old key for down.
 * `current` and `keys`: file names, the latter of whole keys.
 */
export function rotate(
  text: string | undefined,
  current: string,
  keys: readonly string[],
  share: Share,
): Decision | undefined {
  if (text === undefined) return undefined
  const path = rotationPath(share)
  const rotation = parseRotation(text)
  if (rotation === undefined) {
    return refusal('MUNGE_KEY_DAMAGED', `${path} is no record of a key that is replaced`, `remove ${path}`)
  }
  const { old, known } = rotation
  if (current !== `${old}.key`) return undefined
  const because = `the key ${old.slice(0, 12)} is to be replaced; removing ${path} would leave it`
  const { mountPoint: whileMounted, mungeKeys } = share
  const fresh = keys.find((name) => ![old, ...known].includes(name.slice(0, 64)))
  if (fresh === undefined) {
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
    actions: [stopSlurmctld, { do: 'symlink', path: pointer, target: fresh, was: current, whileMounted, because }],
  }
}

export const stopSlurmctld = systemctl(
  'nodes that still have the old key are not to be taken for down',
  'stop',
  slurmctldUnit,
)
