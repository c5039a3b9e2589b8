import type { VolumeFacts } from '../../../src/engine/host.ts'
import { instanceId } from '../as-ebs.ts'
import type { DiskState, StateGroup } from './disk-state.ts'
import { cutShort, ext4, inOrder, MiB, readOnly, uuid } from './making.ts'

const attachment = { instanceId, state: 'attached', deviceName: undefined, attachedForMs: 0 }
const other = { ...attachment, instanceId: 'i-0fedcba9876543210' }

/** Nothing on the disk speaks against a format of it. */
const blankWhile = (ec2: Partial<VolumeFacts> | 'throttled', expected: DiskState['expected']): DiskState => ({
  before: 'blank',
  surroundings: { ec2 },
  expected,
})

export const surroundings: StateGroup = {
  title: 'not what EC2 or the kernel say',
  states: [
    blankWhile({ snapshotId: 'snap-0123456789abcdef0' }, 'DISK_FROM_SNAPSHOT'),
    blankWhile({ sizeBytes: 128 * MiB }, 'DISK_SIZE_DIFFERS'),
    blankWhile({ attachments: [other] }, 'DISK_SHARED'),
    blankWhile({ attachments: [] }, 'DATA_VOLUME_NOT_ATTACHED'),
    blankWhile({ attachments: [{ ...attachment, state: 'detaching' }] }, 'DATA_VOLUME_DETACHING'),
    blankWhile('throttled', 'EC2_THROTTLED'),
    {
      before: 'ext4',
      prepare: ext4(),
      surroundings: { ec2: { attachments: [attachment, other] } },
      expected: 'DISK_SHARED',
    },
    {
      before: 'ext4, of which another disk is a copy',
      prepare: ext4('-U', uuid),
      surroundings: { byUuid: { [uuid]: '../../nvme7n1' } },
      expected: 'DISK_AMBIGUOUS',
    },
    { before: 'blank', surroundings: { model: 'Amazon EC2 NVMe Instance Storage' }, expected: 'DISK_NOT_EBS' },
    { before: 'blank, but read-only', losetup: ['--read-only'], expected: 'DATA_VOLUME_READ_ONLY' },
    { before: 'ext4 on a read-only disk', prepare: inOrder(ext4(), readOnly), expected: 'DATA_VOLUME_READ_ONLY' },
    {
      before: 'blank, but cannot be read from some point on',
      prepare: cutShort(60 * MiB),
      expected: 'OBSERVATION_FAILED',
    },
    { before: 'blank, but cannot be read at all', prepare: cutShort(0), expected: 'OBSERVATION_FAILED' },
  ],
}
