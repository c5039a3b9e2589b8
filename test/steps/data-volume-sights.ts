import type { Action, Format } from '../../src/engine/action.ts'
import type { VolumeFacts } from '../../src/engine/host.ts'
import { dataVolume } from '../../src/steps/data-volume.ts'
import type { Disk } from '../../src/steps/disk-survey.ts'

/** What can be seen of a data volume, for tables of what is decided of it. */
export const volumeId = 'vol-0123456789abcdef0'
export const instanceId = 'i-0123456789abcdef0'
export const uuid = '3b9e2b2a-0c4f-4f4e-9d5b-5d1c7d9f6a01'
export const config = {
  dataVolume: { volumeId, deviceName: '/dev/sdf', fileSystem: 'ext4', mountPoint: '/mnt/shared', deadlineSeconds: 300 },
} as const

export const sizeBytes = 1024 ** 4
export const disk: Disk = {
  name: 'nvme2n1',
  path: '/dev/nvme2n1',
  device: '259:4',
  type: 'disk',
  sizeBytes,
  readOnly: false,
  mountPoints: [],
  children: [],
  serial: 'vol0123456789abcdef0',
  model: 'Amazon Elastic Block Store',
}

export const entry = `UUID=${uuid} /mnt/shared ext4 defaults,nofail,x-systemd.device-timeout=30s,x-slurm-node-agent 0 2`
export const others = '# /etc/fstab\nUUID=root / ext4 defaults 0 1\n'
export const fstab = `${others}${entry}\n`

export const directory = {
  kind: 'directory',
  mode: 0o755,
  owner: 'root:root',
  sizeBytes: 4096,
  changedAtMs: 0,
} as const
export const link = (target: string) => ({ ...directory, kind: 'symlink', target }) as const
export const mount = {
  device: '259:4',
  target: '/mnt/shared',
  type: 'ext4',
  source: '/dev/nvme2n1',
  options: ['rw', 'relatime', 'rw'],
}
export const superblock = { is: 'readable', uuid, label: undefined, hasErrors: false } as const
export const probe = { is: 'found', type: 'ext4', uuid, label: undefined, partitionTable: undefined } as const
export const contents = {
  is: 'signed',
  signatures: [{ offset: '0x438', type: 'ext4', uuid }],
  probe,
  superblock,
} as const

export const attached = { instanceId, state: 'attached', deviceName: '/dev/sdf', attachedForMs: 7_000 }
export const known = (volume: Partial<VolumeFacts> = {}) =>
  ({
    instanceId,
    volume: {
      is: 'known',
      value: {
        state: 'in-use',
        sizeBytes,
        availabilityZone: 'us-east-1a',
        snapshotId: undefined,
        attachments: [attached],
        ...volume,
      },
    },
  }) as const
export const denied = { instanceId, volume: { is: 'denied', because: 'You are not authorized' } } as const
export const unreachable = { instanceId, volume: { is: 'unreachable', because: 'connect ECONNREFUSED' } } as const
export const throttled = { instanceId, volume: { is: 'throttled', because: 'Request limit exceeded.' } } as const
export const unanswered = {
  instanceId,
  volume: { is: 'unanswered', because: 'An internal error has occurred' },
} as const

export const place = { mount: undefined, mountPoint: directory, fstab, intentText: undefined }
export type Seen = Parameters<typeof dataVolume.decide>[1]
export const mounted: Seen = { ...place, mount, sight: { is: 'mounted', disk, superblock } }
export const whole: Seen = {
  ...place,
  sight: { is: 'signed', disk, contents, byUuid: link('../../nvme2n1'), facts: known() },
}
export const blank: Seen = {
  ...place,
  fstab: others,
  sight: { is: 'unsigned', disk, contents: { is: 'zeros' }, facts: known() },
}

export const decide = (seen: Seen) => dataVolume.decide(config, seen, [])
export const act = (...actions: readonly Action[]) => ({ is: 'act', actions })

export const format: Format = {
  do: 'format',
  device: '/dev/nvme2n1',
  volumeId,
  instanceId,
  sizeBytes,
  fileSystem: 'ext4',
  intent: undefined,
  because: 'the disk is blank',
}
