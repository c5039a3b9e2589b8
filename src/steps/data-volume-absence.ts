import type { ActionOutcome, AttachmentRequest } from '../engine/action.ts'
import type { RefusalCode, WaitCode } from '../engine/codes.ts'
import type { Decision } from '../engine/decision.ts'
import type { Host, VolumeFacts } from '../engine/host.ts'
import { type Asked, asked } from './asked.ts'
import { type Ec2Facts, ec2Facts, isLeaving, waitForAttachment, waitForDetachment } from './data-volume-ec2.ts'
import type { Identified } from './data-volume-identity.ts'
import { decideUnseen } from './data-volume-unseen.ts'
import { isXen } from './disk-identity.ts'
import type { Survey } from './disk-survey.ts'
import { waitForEc2 } from './ec2-wait.ts'
import { ownItem } from './own-item.ts'
import { refusal } from './refusal.ts'

/** What is known of a data volume that is not among the disks. */
export interface Absence {
  readonly facts: Ec2Facts
  /** The availability zone of this instance. */
  readonly zone: string
  /** Asked where the agent is to attach the volume and nothing else speaks against it. */
  readonly permission: Asked<true> | undefined
  readonly onXen: boolean
}

export async function lookAtAbsence(
  { volumeId, deviceName, attach }: Identified,
  survey: Survey,
  host: Host,
  signal: AbortSignal,
): Promise<Absence> {
  const [facts, zone] = await Promise.all([
    ec2Facts(volumeId, host, signal),
    ownItem('placement/availability-zone', 'the availability zone', host, signal),
  ])
  const request = { volumeId, deviceName, instanceId: facts.instanceId }
  const permission = attach && isFree(facts, zone) ? await asked(host.mayAttach(request, signal), signal) : undefined
  return { facts, zone, permission, onXen: isXen(survey) }
}

function isFree({ volume }: Ec2Facts, zone: string): boolean {
  const facts = volume.is === 'known' ? volume.value : undefined
  return facts?.state === 'available' && facts.attachments.length === 0 && facts.availabilityZone === zone
}

/** What is missing for the disk to appear, and who must see to it. */
export function decideAbsent(wanted: Identified, absence: Absence, past: readonly ActionOutcome[]): Decision {
  const { volumeId } = wanted
  const { facts, zone, permission } = absence
  if (facts.volume.is !== 'known') {
    return waitForEc2(`${volumeId} is not among the disks`, 'ec2:DescribeVolumes', facts.volume)
  }
  const volume = facts.volume.value
  if (volume === undefined) {
    const because = `EC2 knows no volume ${volumeId} in this region`
    return hindered(wanted, 'DATA_VOLUME_UNKNOWN', 'ATTACH_NO_VOLUME', because, 'correct dataVolume.volumeId')
  }
  const here = volume.attachments.find(({ instanceId }) => instanceId === facts.instanceId)
  if (here !== undefined) return decideUnseen(volumeId, here, absence.onXen, past)
  if (volume.attachments.length > 0) return decideElsewhere(wanted, volume)
  if (volume.availabilityZone !== zone) {
    const because = `${volumeId} is in ${volume.availabilityZone}, but this instance is in ${zone}`
    const hint = `launch the instance in ${volume.availabilityZone}, or make a volume in ${zone} from a snapshot`
    return hindered(wanted, 'DATA_VOLUME_OTHER_ZONE', 'ATTACH_OTHER_ZONE', because, hint)
  }
  if (permission === undefined) return waitForAttachment(volumeId, volume)
  return decideAttach({ ...wanted, instanceId: facts.instanceId }, permission, past)
}

function decideElsewhere(wanted: Identified, { attachments }: VolumeFacts): Decision {
  const users = attachments.filter((attachment) => !isLeaving(attachment))
  const [leaving] = attachments
  if (users.length === 0 && leaving !== undefined) {
    return waitForDetachment(wanted.volumeId, leaving.state, leaving.instanceId)
  }
  const list = users.map(({ instanceId, state }) => `${instanceId} (${state})`).join(', ')
  const because = `${wanted.volumeId} is in use by another instance: ${list}`
  const hint = 'unmount it there and detach it; if that is a front end, stop slurmctld there first'
  return hindered(wanted, 'DATA_VOLUME_IN_USE', 'ATTACH_IN_USE', because, hint)
}

/** While another one is to attach the volume, that one may still put it right; where we are, a person must decide. */
function hindered(
  { attach }: Identified,
  wait: WaitCode,
  refuse: RefusalCode,
  because: string,
  hint: string,
): Decision {
  return attach ? refusal(refuse, because, hint) : { is: 'wait', code: wait, for: because }
}

function decideAttach(
  { volumeId, instanceId, deviceName }: AttachmentRequest,
  permission: Asked<true>,
  past: readonly ActionOutcome[],
): Decision {
  if (past.some(({ is, action }) => is === 'done' && action.do === 'attach-volume')) {
    const reason = `EC2 was told to attach ${volumeId}, but does not show it yet`
    return { is: 'wait', code: 'DATA_VOLUME_ATTACHING', for: reason }
  }
  if (permission.is === 'denied') {
    const reason = `${volumeId} is available, but this instance may not attach it (ec2:AttachVolume): ${permission.because}`
    return { is: 'wait', code: 'ATTACH_DENIED', for: reason }
  }
  if (permission.is !== 'known') return waitForEc2(`${volumeId} is to be attached`, 'ec2:AttachVolume', permission)
  const because = 'it is attached to no instance, and dataVolume.attach is set'
  return { is: 'act', actions: [{ do: 'attach-volume', volumeId, instanceId, deviceName, because }] }
}
