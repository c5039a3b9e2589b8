import { ZONE, ZONE_ID } from './addresses.ts'

export interface Instance {
  readonly instanceId: string
  readonly instanceType: string
  readonly address: string
  readonly mac: string
  readonly launchTime: string
  /** Bytes where it is compressed. */
  readonly userData: string | Uint8Array
  /** As EC2 has it, whatever becomes of the guest. */
  readonly state: InstanceState
}

export type InstanceState = 'running' | 'stopped' | 'terminated'

export type AttachmentState = 'attaching' | 'attached' | 'busy' | 'detaching' | 'detached'

export interface Attachment {
  readonly instanceId: string
  readonly device: string
  readonly state: AttachmentState
  readonly attachTime: string
}

export interface Volume {
  readonly volumeId: string
  readonly sizeGiB: number
  readonly zone: string
  readonly state: 'creating' | 'available' | 'in-use' | 'deleting' | 'deleted' | 'error'
  readonly snapshotId?: string
  readonly attachment?: Attachment
}

export interface MountTarget {
  readonly mountTargetId: string
  readonly address: string
  readonly zone: string
  readonly zoneId: string
  readonly state: 'creating' | 'available' | 'updating' | 'deleting' | 'deleted' | 'error'
}

/** What the account holds, as its APIs tell it. Scenarios change it; the servers read it. */
export interface Cloud {
  readonly instances: Map<string, Instance>
  readonly volumes: Map<string, Volume>
  /** Mount targets by file system ID; a file system without any has an empty list. */
  readonly fileSystems: Map<string, readonly MountTarget[]>
  readonly tags: Map<string, Map<string, string>>
  /** IAM actions, as `ec2:DescribeVolumes`, that the instance's role may not call. */
  readonly denied: Set<string>
  /** Those that are answered with "too many". */
  readonly throttled: Set<string>
  /** Those that have no answer: the connection is broken off. */
  readonly cutOff: Set<string>
  /** Every API call that was answered, as `ec2:DescribeVolumes`, in order. */
  readonly calls: string[]
  /** What AttachVolume does beyond the books: plugs the disk in. */
  attach: (volumeId: string, instanceId: string, device: string) => Promise<void>
  instanceAt(address: string): Instance | undefined
}

export function newCloud(): Cloud {
  const instances = new Map<string, Instance>()
  return {
    instances,
    volumes: new Map(),
    fileSystems: new Map(),
    tags: new Map(),
    denied: new Set(),
    throttled: new Set(),
    cutOff: new Set(),
    calls: [],
    attach: async () => {},
    instanceAt(address) {
      return [...instances.values()].find((one) => one.address === address && one.state !== 'terminated')
    },
  }
}

export function mountTarget(
  address: string,
  state: MountTarget['state'],
  place: Pick<MountTarget, 'zone' | 'zoneId'> = { zone: ZONE, zoneId: ZONE_ID },
): MountTarget {
  return { mountTargetId: 'fsmt-0123456789abcdef0', address, ...place, state }
}
