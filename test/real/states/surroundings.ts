import type { VolumeFacts } from '../../../src/engine/host.ts'
import { instanceId } from '../as-ebs.ts'
import type { DiskState, StateGroup } from './disk-state.ts'
import { cutShort, ext4, inOrder, MiB, readOnly, uuid } from './making.ts'

const attachment = { instanceId, state: 'attached', deviceName: undefined, attachedForMs: 0 }
const other = { ...attachment, instanceId: 'i-0fedcba9876543210' }

/** Nothing on the disk speaks against a format of it. */
const blankWhile = (
  given: string,
  ec2: Partial<VolumeFacts> | 'throttled',
  expected: DiskState['expected'],
): DiskState => ({ before: 'blank', given, surroundings: { ec2 }, expected })

export const surroundings: StateGroup = {
  title: 'not as EC2 or the kernel have it',
  states: [
    blankWhile('EC2: made from a snapshot', { snapshotId: 'snap-0123456789abcdef0' }, 'DISK_FROM_SNAPSHOT'),
    blankWhile('EC2: of another size', { sizeBytes: 128 * MiB }, 'DISK_SIZE_DIFFERS'),
    blankWhile('EC2: attached to another instance', { attachments: [other] }, 'DATA_VOLUME_IN_USE'),
    blankWhile('EC2: attached to none', { attachments: [] }, 'DATA_VOLUME_NOT_ATTACHED'),
    blankWhile(
      'EC2: being detached',
      { attachments: [{ ...attachment, state: 'detaching' }] },
      'DATA_VOLUME_DETACHING',
    ),
    blankWhile('EC2 throttles', 'throttled', 'EC2_THROTTLED'),
    {
      before: 'ext4',
      prepare: ext4(),
      given: 'EC2: attached to another instance, too',
      surroundings: { ec2: { attachments: [attachment, other] } },
      expected: 'DISK_SHARED',
    },
    {
      before: 'ext4, of which another disk is a copy',
      prepare: ext4('-U', uuid),
      given: "udev's link by UUID is the copy's",
      surroundings: { byUuid: { [uuid]: '../../nvme7n1' } },
      expected: 'DISK_AMBIGUOUS',
    },
    {
      before: 'blank',
      given: 'the model is that of an instance store',
      surroundings: { model: 'Amazon EC2 NVMe Instance Storage' },
      expected: 'DISK_NOT_EBS',
    },
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
