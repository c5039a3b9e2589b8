import type { Host, VolumeFacts } from '../engine/host.ts'
import { type Asked, asked } from './asked.ts'

/** What EC2 and the metadata service told, as far as they could be asked. */
export interface Ec2Facts {
  readonly volume: Asked<VolumeFacts | undefined>
  /** Of this instance. */
  readonly instanceId: string
}

/** Asked only until the disk is mounted: where EC2 may not or cannot be asked, the disk's own word must do. */
export async function ec2Facts(volumeId: string, host: Host, signal: AbortSignal): Promise<Ec2Facts> {
  const [volume, instanceId] = await Promise.all([
    asked(host.volume(volumeId, signal), signal),
    host.metadata('meta-data/instance-id', signal),
  ])
  if (instanceId === undefined) throw new Error('the metadata service does not tell the ID of this instance')
  return { volume, instanceId: instanceId.trim() }
}

/** Why the data volume is not among the disks, as far as EC2 can tell. */
export function whyNotAttached(volumeId: string, { volume, instanceId }: Ec2Facts): string {
  switch (volume.is) {
    case 'denied':
      return `${volumeId} is not among the disks, and EC2 cannot be asked why (ec2:DescribeVolumes): ${volume.because}`
    case 'unreachable':
    case 'throttled':
    case 'unanswered':
      return `${volumeId} is not among the disks, and EC2 does not answer why: ${volume.because}`
    case 'known':
      return volume.value === undefined
        ? `EC2 knows no volume ${volumeId} in this region`
        : whereAttached(volumeId, volume.value, instanceId)
  }
}

function whereAttached(volumeId: string, { state, attachments }: VolumeFacts, instanceId: string): string {
  const here = attachments.find((attachment) => attachment.instanceId === instanceId)
  const [other] = attachments
  if (here === undefined) {
    return other === undefined
      ? `${volumeId} is attached to no instance; EC2 calls it ${state}`
      : `${volumeId} is ${other.state} to another instance, ${other.instanceId}`
  }
  return here.state === 'attached'
    ? `${volumeId} is attached to this instance according to EC2, but the kernel does not show it yet`
    : `${volumeId} is ${here.state} to this instance`
}
