import type { StateGroup } from './disk-state.ts'
import { cutShort, ext4, inOrder, MiB, readOnly, uuid } from './making.ts'

const other = { instanceId: 'i-0fedcba9876543210', state: 'attached', deviceName: undefined }

/** What EC2 says of the volume, and what else is attached. */
export const surroundings: StateGroup = {
  title: 'what EC2 and the kernel say of the volume',
  states: [
    {
      before: 'blank',
      surroundings: { ec2: { snapshotId: 'snap-0123456789abcdef0' } },
      expected: 'DISK_FROM_SNAPSHOT',
    },
    { before: 'blank', surroundings: { ec2: { sizeBytes: 128 * MiB } }, expected: 'DISK_SIZE_DIFFERS' },
    { before: 'blank', surroundings: { ec2: { attachments: [other] } }, expected: 'DISK_SHARED' },
    { before: 'blank', surroundings: { ec2: { attachments: [] } }, expected: 'DATA_VOLUME_NOT_ATTACHED' },
    { before: 'blank', surroundings: { ec2: 'throttled' }, expected: 'EC2_NOT_ANSWERING' },
    { before: 'blank', surroundings: { model: 'Amazon EC2 NVMe Instance Storage' }, expected: 'DISK_NOT_EBS' },
    {
      before: 'ext4',
      surroundings: { ec2: { attachments: [other] } },
      prepare: ext4(),
      expected: 'DISK_SHARED',
      variantOf: '…',
    },
    {
      before: 'ext4, of which another disk is a copy',
      prepare: ext4('-U', uuid),
      surroundings: { byUuid: { [uuid]: '../../nvme7n1' } },
      expected: 'DISK_AMBIGUOUS',
    },
    { before: 'blank, but read-only', losetup: ['--read-only'], expected: 'DATA_VOLUME_READ_ONLY' },
    { before: 'ext4 on a read-only disk', prepare: inOrder(ext4(), readOnly), expected: 'DATA_VOLUME_READ_ONLY' },
    { before: 'blank, but cannot be read at its end', prepare: cutShort(60 * MiB), expected: 'OBSERVATION_FAILED' },
    { before: 'blank, but cannot be read at all', prepare: cutShort(0), expected: 'OBSERVATION_FAILED' },
  ],
}
