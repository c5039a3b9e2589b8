import type { FrontendConfig } from '../../src/config/frontend-schema.ts'
import type { Action, ActionOutcome, Format } from '../../src/engine/action.ts'
import type { Attachment, VolumeFacts } from '../../src/engine/host.ts'
import { dataVolume } from '../../src/steps/data-volume.ts'
import type { Ec2Facts } from '../../src/steps/data-volume-ec2.ts'
import type { Reading } from '../../src/steps/data-volume-sight.ts'
import type { Disk } from '../../src/steps/disk-survey.ts'

/** What can be seen of a data volume, for tables of what is decided of it. */
export const volumeId = 'vol-0123456789abcdef0'
export const instanceId = 'i-0123456789abcdef0'
export const uuid = '3b9e2b2a-0c4f-4f4e-9d5b-5d1c7d9f6a01'
export const wanted = { volumeId, deviceName: '/dev/sdf' }
export const config: Pick<FrontendConfig, 'dataVolume'> = {
  dataVolume: { ...wanted, attach: false, fileSystem: 'ext4', mountPoint: '/mnt/shared', deadlineSeconds: 300 },
}

export const sizeBytes = 1024 ** 4
export const disk: Disk = {
  name: 'nvme2n1',
  path: '/dev/nvme2n1',
  device: '259:4',
  type: 'disk',
  sizeBytes,
  readOnly: false,
  uuid: undefined,
  mountPoints: [],
  children: [],
  serial: 'vol0123456789abcdef0',
  model: 'Amazon Elastic Block Store',
}

export const onXen: Disk = { ...disk, name: 'xvdf', path: '/dev/xvdf', serial: undefined, model: undefined }

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
  root: '/',
  target: '/mnt/shared',
  type: 'ext4',
  source: '/dev/nvme2n1',
  options: ['rw', 'relatime', 'rw'],
}
export const superblock = {
  is: 'readable',
  uuid,
  label: undefined,
  hasErrors: false,
  sizeBytes,
  blockBytes: 4096,
  unknownFeatures: [],
  isMarkedReadOnly: false,
  externalJournal: undefined,
} as const
export const holds = { is: 'holds', uuid, label: undefined, sizeBytes } as const

export const attached: Attachment = { instanceId, state: 'attached', deviceName: '/dev/sdf', attachedForMs: 7_000 }
export const known = (volume: Partial<VolumeFacts> = {}): Ec2Facts => ({
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
})
const silent = (is: 'denied' | 'unreachable' | 'throttled' | 'unanswered', because: string): Ec2Facts => ({
  instanceId,
  volume: { is, because },
})
export const denied = silent('denied', 'You are not authorized')
export const unreachable = silent('unreachable', 'connect ECONNREFUSED')
export const throttled = silent('throttled', 'Request limit exceeded.')
export const unanswered = silent('unanswered', 'An internal error has occurred')

export const place = {
  is: 'identified',
  wanted,
  mount: undefined,
  mountPoint: directory,
  bare: [],
  fstab,
  links: new Map(),
  unitFile: undefined,
  intentText: undefined,
  consentText: undefined,
} as const
type AnySeen = Parameters<typeof dataVolume.decide>[1]
export type Seen = Extract<AnySeen, { readonly is: 'identified' }>
export const mounted: Seen = { ...place, mount, sight: { is: 'mounted', disk, superblock, copies: [] } }
export const reading: Reading = {
  is: 'read',
  disk,
  verdict: holds,
  byUuid: link('../../nvme2n1'),
  mountWords: '',
  facts: known(),
  findings: undefined,
}
export const whole: Seen = { ...place, sight: reading }
export const blankReading: Reading = { ...reading, verdict: { is: 'blank' }, byUuid: undefined }
export const blank: Seen = { ...place, fstab: others, sight: blankReading }

export const decide = (seen: AnySeen, past: readonly ActionOutcome[] = []) => dataVolume.decide(config, seen, past)
export const act = (...actions: readonly Action[]) => ({ is: 'act', actions })

export const format: Format = {
  do: 'format',
  device: '/dev/nvme2n1',
  volumeId,
  instanceId,
  sizeBytes,
  fileSystem: 'ext4',
  intent: undefined,
  consentedFindings: undefined,
  because: 'the disk is blank',
}
