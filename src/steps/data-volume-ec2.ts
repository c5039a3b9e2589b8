import type { Decision } from '../engine/decision.ts'
import type { Host, VolumeFacts } from '../engine/host.ts'
import { type Asked, asked } from './asked.ts'
import { ownItem } from './own-item.ts'

/** What EC2 and the metadata service told, as far as they could be asked. */
export interface Ec2Facts {
  readonly volume: Asked<VolumeFacts | undefined>
  /** Of this instance. */
  readonly instanceId: string
}

/** Asked only until the disk is mounted: where EC2 may not or cannot be asked, the disk's own word must do. */
export async function ec2Facts(
  volumeId: string,
  host: Pick<Host, 'metadata' | 'volume'>,
  signal: AbortSignal,
): Promise<Ec2Facts> {
  const [volume, instanceId] = await Promise.all([
    asked(host.volume(volumeId, signal), signal),
    ownItem('instance-id', 'the ID', host, signal),
  ])
  return { volume, instanceId }
}

/** The snapshot that EC2 says the volume was made from. */
export function snapshotBehind({ volume }: Ec2Facts): string | undefined {
  return volume.is === 'known' ? volume.value?.snapshotId : undefined
}

/** EC2 shows no attachment of the volume. */
export function waitForAttachment(volumeId: string, volume: VolumeFacts | undefined): Decision {
  return volume === undefined
    ? { is: 'wait', code: 'DATA_VOLUME_UNKNOWN', for: `EC2 knows no volume ${volumeId} in this region` }
    : {
        is: 'wait',
        code: 'DATA_VOLUME_NOT_ATTACHED',
        for: `${volumeId} is attached to no instance; EC2 calls it ${volume.state}`,
      }
}

/** A detachment that has begun; `busy` while the instance does not let go of the disk. */
export function isLeaving({ state }: { readonly state: string }): boolean {
  return state === 'detaching' || state === 'busy'
}

export function waitForDetachment(volumeId: string, state: string, from: string): Decision {
  return { is: 'wait', code: 'DATA_VOLUME_DETACHING', for: `${volumeId} is being detached from ${from} (${state})` }
}
