import type { ActionOutcome } from '../engine/action.ts'
import type { Decision } from '../engine/decision.ts'
import type { Attachment } from '../engine/host.ts'
import { isLeaving, waitForDetachment } from './data-volume-ec2.ts'

/** The kernel shows a new disk within a second or two; what it has not shown by then, it may have missed. */
const firstRescanMs = 20_000
const betweenRescansMs = 60_000

/** EC2 has an attachment to this instance, but the kernel shows no such disk. */
export function decideUnseen(
  volumeId: string,
  attachment: Attachment,
  onXen: boolean,
  past: readonly ActionOutcome[],
): Decision {
  if (isLeaving(attachment)) return waitForDetachment(volumeId, attachment.state, 'this instance')
  if (attachment.state !== 'attached') {
    const reason = `EC2 is still attaching ${volumeId} to this instance (${attachment.state})`
    return { is: 'wait', code: 'DATA_VOLUME_ATTACHING', for: reason }
  }
  const { attachedForMs } = attachment
  const unseen = `${volumeId} is attached to this instance according to EC2, but the kernel does not show it`
  if (onXen || attachedForMs === undefined || attachedForMs < nextRescanMs(past)) {
    return { is: 'wait', code: 'DATA_VOLUME_NOT_SEEN', for: unseen }
  }
  return { is: 'act', actions: [{ do: 'rescan-pci', attachedForMs, because: unseen }] }
}

/** Age of the attachment at which the PCI bus is to be looked at once more. */
function nextRescanMs(past: readonly ActionOutcome[]): number {
  const last = past.map(({ action }) => action).findLast((action) => action.do === 'rescan-pci')
  return last === undefined ? firstRescanMs : last.attachedForMs + betweenRescansMs
}
