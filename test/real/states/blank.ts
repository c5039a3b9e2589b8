import type { StateGroup } from './disk-state.ts'
import { by, inOrder, intent, MiB, random, zeros } from './making.ts'

const TiB = 1024 * 1024 // in MiB

/** The only disks that are formatted, with those of half-made.ts. */
export const blank: StateGroup = {
  title: 'blank',
  states: [
    { before: 'blank', expected: 'format' },
    { before: 'blank, 1 TiB', variantOf: 'blank', sizeMiB: TiB, expected: 'format' },
    { before: 'blank, 17 TiB: more blocks than 32 bits count', sizeMiB: 17 * TiB, expected: 'format' },
    { before: 'blank, of no whole number of blocks', sizeMiB: 64 + 512 / MiB, expected: 'format' },
    { before: 'blank, with sectors of 4 KiB', losetup: ['--sector-size', '4096'], expected: 'format' },
    {
      before: 'written all over, then discarded',
      prepare: inOrder(random(0, 64 * MiB), by('blkdiscard')),
      expected: 'format',
    },
    {
      before: 'written all over, then with zeros',
      prepare: inOrder(random(0, 64 * MiB), zeros(0, 64 * MiB)),
      expected: 'format',
    },
    {
      before: 'blank, and a copy of this machine in another instance meant to format it',
      prepare: intent({ instanceId: 'i-0fedcba9876543210' }),
      expected: 'format',
    },
    { before: 'blank', given: 'EC2: as large as the disk', surroundings: { ec2: {} }, expected: 'format' },
    {
      before: 'blank',
      variantOf: 'blank',
      given: 'no way to EC2',
      surroundings: { ec2: 'unreachable' },
      expected: 'format',
    },
  ],
}
