import { describe, expect, test } from 'vitest'
import type { VolumeFacts } from '../../src/engine/host.ts'
import type { Reading } from '../../src/steps/data-volume-sight.ts'
import type { Disk } from '../../src/steps/disk-survey.ts'
import { refusal } from '../../src/steps/refusal.ts'
import {
  act,
  attached,
  blank,
  blankReading,
  decide,
  disk,
  format,
  instanceId,
  known,
  link,
  mount,
  mounted,
  onXen,
  place,
  reading,
  type Seen,
  superblock,
  uuid,
  volumeId,
  whole,
} from './data-volume-sights.ts'

const blankWith = (volume: Partial<VolumeFacts>): Seen => ({
  ...blank,
  sight: { ...blankReading, facts: known(volume) },
})

const inUse = refusal('DISK_IN_USE', 'in use', 'do')

const wholeWith = (
  attachments: VolumeFacts['attachments'],
  on: Disk = disk,
  more: Partial<VolumeFacts> = {},
): Seen => ({
  ...whole,
  sight: { ...reading, disk: on, byUuid: link(`../../${on.name}`), facts: known({ attachments, ...more }) },
})

test.each(['/dev/sdf', '/dev/xvdf', 'xvdf', undefined])('the attachment %s is that of xvdf', (deviceName) => {
  expect(decide(wholeWith([{ ...attached, deviceName }], onXen))).toMatchObject({ is: 'act' })
})

test('a disk with a serial may have been attached under any name', () => {
  expect(decide(wholeWith([{ ...attached, deviceName: '/dev/sdz' }]))).toMatchObject({ is: 'act' })
})

test('a disk with a serial and a file system may be of another size, as while the volume is enlarged', () => {
  expect(decide(wholeWith([attached], disk, { sizeBytes: 1 }))).toMatchObject({ is: 'act' })
})

describe('the data volume is refused, saying what was found and what to do,', () => {
  test.each<[string, Seen, string, RegExp]>([
    [
      'when another thing is mounted there',
      { ...whole, mount: { ...mount, device: '0:44', type: 'nfs4', source: 'fs:/' } },
      'DATA_VOLUME_OTHER_MOUNT',
      /fs:\/ \(nfs4\) is mounted on \/mnt\/shared/,
    ],
    [
      'when another thing is mounted there, before it is formatted',
      { ...blank, mount: { ...mount, device: '0:44' } },
      'DATA_VOLUME_OTHER_MOUNT',
      /where \/dev\/nvme2n1 should be/,
    ],
    [
      'when only a directory of it is mounted there',
      { ...mounted, mount: { ...mount, root: '/sub' } },
      'DATA_VOLUME_OTHER_MOUNT',
      /not the whole file system of \/dev\/nvme2n1 is mounted on \/mnt\/shared, but its directory \/sub/,
    ],
    [
      'when it is mounted as another type',
      { ...mounted, mount: { ...mount, type: 'xfs' } },
      'DISK_OTHER_FILE_SYSTEM',
      /as xfs, not as ext4/,
    ],
    [
      'when it is mounted read-only',
      { ...mounted, mount: { ...mount, options: ['rw', 'ro'] } },
      'DATA_VOLUME_READ_ONLY',
      /mounted read-only/,
    ],
    [
      'when an error made it read-only',
      { ...mounted, mount: { ...mount, options: ['rw', 'emergency_ro'] } },
      'DATA_VOLUME_READ_ONLY',
      /mounted read-only/,
    ],
    [
      'when it was shut down',
      { ...mounted, mount: { ...mount, options: ['rw', 'shutdown'] } },
      'DATA_VOLUME_READ_ONLY',
      /mounted read-only/,
    ],
    [
      'when the disk is read-only',
      {
        ...blank,
        sight: { ...blankReading, disk: { ...disk, readOnly: true } },
      },
      'DATA_VOLUME_READ_ONLY',
      /kernel holds/,
    ],
    [
      'when its error flag is set while it is mounted',
      { ...mounted, sight: { is: 'mounted', disk, superblock: { ...superblock, hasErrors: true }, copies: [] } },
      'DISK_FILE_SYSTEM_DAMAGED',
      /says itself that it has errors/,
    ],
    [
      'when somebody else lists the mount point',
      { ...whole, fstab: '/dev/nvme1n1 /mnt/shared ext4 defaults 0 2\n' },
      'FSTAB_CONFLICT',
      /\/dev\/nvme1n1 \/mnt\/shared ext4/,
    ],
    [
      'when somebody else lists the device',
      { ...whole, fstab: `UUID=${uuid} /data ext4 defaults 0 2\n` },
      'FSTAB_CONFLICT',
      /\/data/,
    ],
    [
      'when somebody else lists the device by a link, before it is formatted, too',
      { ...blank, fstab: '/dev/sdf /data ext4 defaults 0 2\n', links: new Map([['/dev/sdf', disk.name]]) },
      'FSTAB_CONFLICT',
      /^\/etc\/fstab has an entry that is not ours: \/dev\/sdf \/data ext4$/,
    ],
    [
      'when somebody has a unit for the mount point, which systemd would start in the place of its entry',
      { ...whole, unitFile: '/etc/systemd/system/mnt-shared.mount' },
      'DATA_VOLUME_OTHER_MOUNT',
      /^\/etc\/systemd\/system\/mnt-shared\.mount takes the place of what \/etc\/fstab says of \/mnt\/shared$/,
    ],
    [
      'when somebody has such a unit, before it is formatted, too',
      { ...blank, unitFile: '/etc/systemd/system/mnt-shared.mount' },
      'DATA_VOLUME_OTHER_MOUNT',
      /takes the place/,
    ],
    [
      'when somebody has such a unit, and the next boot would mount what that names',
      { ...mounted, unitFile: '/run/systemd/system/mnt-shared.mount' },
      'DATA_VOLUME_OTHER_MOUNT',
      /takes the place/,
    ],
    [
      'when the mount point is a link',
      { ...whole, mountPoint: link('/elsewhere') },
      'MOUNT_POINT_NOT_DIRECTORY',
      /is no directory but a symlink/,
    ],
    [
      'when a copy of it is attached',
      { ...whole, sight: { ...reading, byUuid: link('../../nvme3n1') } },
      'DISK_AMBIGUOUS',
      /\/dev\/nvme3n1 hold file systems with the same UUID/,
    ],
    ['when EC2 says that it came from a snapshot', blankWith({ snapshotId: 'snap-1' }), 'DISK_FROM_SNAPSHOT', /snap-1/],
    [
      'when EC2 says that it has another size',
      blankWith({ sizeBytes: 1 }),
      'DISK_SIZE_DIFFERS',
      /1099511627776 bytes, but EC2 says 1/,
    ],
    [
      'when EC2 says that it is attached elsewhere, too',
      wholeWith([attached, { ...attached, instanceId: 'i-other' }]),
      'DISK_SHARED',
      /i-other/,
    ],
    [
      'when EC2 says so of one that is blank',
      blankWith({ attachments: [attached, { ...attached, instanceId: 'i-other' }] }),
      'DISK_SHARED',
      /i-other/,
    ],
    [
      'when it was taken by its name, but EC2 attached it under another',
      wholeWith([{ ...attached, deviceName: '/dev/sdg' }], onXen),
      'DISK_NAME_DIFFERS',
      /taken for vol-0123456789abcdef0 by its name, but EC2 attached that as \/dev\/sdg/,
    ],
    [
      'when it was taken by its name, but EC2 gives another size',
      wholeWith([attached], onXen, { sizeBytes: 1 }),
      'DISK_SIZE_DIFFERS',
      /\/dev\/xvdf \(vol-0123456789abcdef0\) has 1099511627776 bytes, but EC2 says 1/,
    ],
    ['when the survey refused it', { ...place, sight: { is: 'refused', refusal: inUse } }, 'DISK_IN_USE', /in use/],
  ])('%s', (_state, seen, code, because) => {
    const decision = decide(seen)
    expect(decision).toEqual({
      is: 'refuse',
      code,
      because: expect.stringMatching(because),
      hint: expect.stringMatching(/./),
    })
  })
})

describe('what a format may be of', () => {
  const intent = { volumeId, instanceId, uuid }
  const holding = (verdict: Reading['verdict'], more: Partial<Seen> = {}): Seen => ({
    ...blank,
    sight: { ...blankReading, verdict },
    ...more,
  })

  test('is a file system of ours that was cut off', () => {
    const because = 'an earlier run of ours was cut off while it made the file system'
    expect(decide(holding({ is: 'half-made', intent }))).toEqual(act({ ...format, intent, because }))
  })

  test('is what the verdict calls so, and nothing else', () => {
    const refused = refusal('DISK_LVM_MEMBER', 'it holds LVM', 'look')
    expect(decide(holding(refused))).toEqual(refused)
  })
})
