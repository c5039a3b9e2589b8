import type { Remove } from '../engine/action.ts'
import type { Decision } from '../engine/decision.ts'
import { intentPath } from '../formats/format-intent.ts'
import type { Ec2Facts } from './data-volume-ec2.ts'
import type { Sight } from './data-volume-sight.ts'
import type { Wanted } from './disk-identity.ts'

/**
 * Before all else, forgets an intent that no longer stands: data that a person has put on the disk since would be taken
 * for what mkfs left there, once its own signature is gone.
 */
export function withoutOldIntent(decision: Decision, { volumeId }: Wanted, sight: Sight): Decision {
  if (mayBeHalfMade(sight)) return decision
  const because = 'the volume is no longer as a format that was cut off leaves it'
  const forget: Remove = { do: 'remove', path: intentPath(volumeId), because }
  return { is: 'act', actions: [forget, ...(decision.is === 'act' ? decision.actions : [])] }
}

/** Whether a format of ours that was cut off can be behind this, or its mkfs, which has the lock to its end. */
function mayBeHalfMade(sight: Sight): boolean {
  switch (sight.is) {
    case 'absent':
      return mayBeOursAlone(sight.absence.facts)
    case 'locked':
    case 'claimed': // for a moment also by a plan that looks at it
      return true
    case 'read': {
      const isFormattable = sight.verdict.is === 'blank' || sight.verdict.is === 'half-made'
      return isFormattable && sight.disk.partOf === undefined && mayBeOursAlone(sight.facts)
    }
    case 'mounted':
    case 'refused':
    case 'written':
      return false
  }
}

/** As far as EC2 says, the volume is attached to this instance and to no other: nobody had it in between. */
function mayBeOursAlone({ volume, instanceId }: Ec2Facts): boolean {
  if (volume.is !== 'known') return true
  const users = volume.value?.attachments.map((attachment) => attachment.instanceId) ?? []
  return users.includes(instanceId) && users.every((user) => user === instanceId)
}
