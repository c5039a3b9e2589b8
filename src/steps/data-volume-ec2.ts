import type { Decision } from '../engine/decision.ts'
import type { Host, VolumeFacts } from '../engine/host.ts'
import { type Asked, asked } from './asked.ts'

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

/** An item of this instance that every instance has. */
export async function ownItem(
  item: string,
  words: string,
  host: Pick<Host, 'metadata'>,
  signal: AbortSignal,
): Promise<string> {
  const value = await host.metadata(`meta-data/${item}`, signal)
  if (value === undefined) throw new Error(`the metadata service does not tell ${words} of this instance`)
  return value.trim()
}

/** `lacking` says what is not known, `action` is what the instance must be allowed to ask. */
export function waitForEc2(
  lacking: string,
  action: `ec2:${string}`,
  { is, because }: Exclude<Asked<unknown>, { readonly is: 'known' }>,
): Decision {
  switch (is) {
    case 'denied':
      return { is: 'wait', code: 'EC2_DENIED', for: `${lacking}; EC2 may not be asked (${action}): ${because}` }
    case 'unreachable':
      return { is: 'wait', code: 'EC2_UNREACHABLE', for: `${lacking}; EC2 cannot be reached (${action}): ${because}` }
    case 'throttled':
      return { is: 'wait', code: 'EC2_THROTTLED', for: `${lacking}; EC2 throttles the account (${action}): ${because}` }
    case 'unanswered':
      return { is: 'wait', code: 'EC2_NOT_ANSWERING', for: `${lacking}; EC2 does not answer (${action}): ${because}` }
  }
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
