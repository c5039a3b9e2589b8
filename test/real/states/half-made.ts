import { printIntent } from '../../../src/formats/format-intent.ts'
import { asEbs, instanceId, volumeId } from '../as-ebs.ts'
import { decideOn } from '../data-volume-run.ts'
import type { StateGroup } from './disk-state.ts'
import { openForWriting, withLoopOver } from './in-use.ts'
import {
  by,
  bytes,
  ext4,
  halfMade,
  inOrder,
  intent,
  intentText,
  kiB,
  type Making,
  MiB,
  random,
  uuid,
  zeros,
} from './making.ts'

const sizeMiB = 1_024

/** Where a half-made ext4 may have bytes, too. */
const data = random(MiB, 16 * MiB)

/** A run that comes by while the disk is so. */
const seenWith =
  (prepare: Making): Making =>
  async (disk) => {
    const undo = await prepare(disk)
    await decideOn(asEbs([disk]))
    if (undo !== undefined) await undo()
  }

const seenElsewhere: Making = async (disk) => {
  const attachments = [
    { instanceId: 'i-0fedcba9876543210', state: 'attached', deviceName: undefined, attachedForMs: 0 },
  ]
  await decideOn(asEbs([disk], { ec2: { attachments } }))
}

/** What a run that was cut off leaves behind, and what somebody may have done to it since. */
export const halfMadeDisks: StateGroup = {
  title: 'an ext4 that was cut off while it was made',
  states: [
    { before: 'an intent of ours, and nothing written yet', prepare: intent(), expected: 'format' },
    { before: 'half-made, and our intent', sizeMiB, prepare: inOrder(halfMade, intent()), expected: 'format' },
    {
      before: 'half-made, and our intent; no backup of the superblock yet',
      variantOf: 'half-made, and our intent',
      sizeMiB,
      prepare: inOrder(halfMade, zeros(128 * MiB, 4 * kiB), intent()),
      expected: 'format',
    },
    { before: 'half-made, without an intent', sizeMiB, prepare: halfMade, expected: 'DISK_FILE_SYSTEM_DAMAGED' },
    {
      before: "half-made, and another instance's intent",
      sizeMiB,
      prepare: inOrder(halfMade, intent({ instanceId: 'i-0fedcba9876543210' })),
      expected: 'DISK_FILE_SYSTEM_DAMAGED',
    },
    {
      before: 'half-made, and an intent for another volume',
      sizeMiB,
      prepare: inOrder(halfMade, intent({ volumeId: 'vol-0fedcba9876543210' })),
      expected: 'DISK_FILE_SYSTEM_DAMAGED',
    },
    {
      before: 'half-made, and an intent with another UUID',
      sizeMiB,
      prepare: inOrder(halfMade, intent({ uuid: '5f2c8a1e-7d34-4b69-8e0f-1a2b3c4d5e6f' })),
      expected: 'DISK_FILE_SYSTEM_DAMAGED',
    },
    {
      before: 'half-made, and an empty intent',
      sizeMiB,
      prepare: inOrder(halfMade, intentText('')),
      expected: 'DISK_FILE_SYSTEM_DAMAGED',
    },
    {
      before: 'half-made, and half an intent',
      variantOf: 'half-made, and an empty intent',
      sizeMiB,
      prepare: inOrder(halfMade, intentText(printIntent({ volumeId, instanceId, uuid }).slice(0, 60))),
      expected: 'DISK_FILE_SYSTEM_DAMAGED',
    },
    {
      before: 'our intent, and data where mkfs never writes',
      sizeMiB,
      prepare: inOrder(halfMade, random(320 * MiB, 16 * MiB), intent()),
      expected: 'DISK_FILE_SYSTEM_DAMAGED',
    },
    {
      before: 'our intent, and a boot sector',
      sizeMiB,
      prepare: inOrder(halfMade, bytes(0, 'boot'), intent()),
      expected: 'DISK_FILE_SYSTEM_DAMAGED',
    },
    {
      before: 'our intent, and what another ext4 left of a backup',
      sizeMiB,
      prepare: inOrder(ext4('-b', '4096'), zeros(0, 16 * MiB), intent()),
      expected: 'DISK_FILE_SYSTEM_DAMAGED',
    },
    { before: 'our intent, and swap since', prepare: inOrder(intent(), by('mkswap', '-q')), expected: 'DISK_SWAP' },
    {
      before: 'our intent, LVM since, its label removed',
      prepare: inOrder(intent(), seenWith(by('pvcreate', '-q')), data, by('pvremove', '-q')),
      expected: 'DISK_NOT_BLANK',
    },
    {
      before: 'our intent, data through a loop device since, which is gone',
      prepare: inOrder(intent(), seenWith(withLoopOver()), data),
      expected: 'DISK_NOT_BLANK',
    },
    {
      before: 'our intent, data since, by a process that has ended',
      prepare: inOrder(intent(), seenWith(openForWriting), data),
      expected: 'DISK_NOT_BLANK',
    },
    {
      before: 'our intent, data since, by another instance that had the volume',
      prepare: inOrder(intent(), seenElsewhere, data),
      expected: 'DISK_NOT_BLANK',
    },
    { before: 'our intent, and a whole ext4 of somebody', prepare: inOrder(intent(), ext4()), expected: 'mount' },
    {
      before: 'our intent, and our whole ext4',
      sizeMiB,
      prepare: inOrder(ext4('-U', uuid), intent()),
      expected: 'mount',
    },
  ],
}
