import { describe, expect, test } from 'vitest'
import type { Action } from '../../src/engine/action.ts'
import { dataVolume } from '../../src/steps/data-volume.ts'
import type { Ec2Facts } from '../../src/steps/data-volume-ec2.ts'
import type { Disk } from '../../src/steps/disk-survey.ts'
import { configuration } from './configuration.ts'
import {
  act,
  attached,
  blank,
  blankReading,
  config,
  decide,
  denied,
  disk,
  format,
  fstab,
  instanceId,
  known,
  link,
  mounted,
  onXen,
  others,
  place,
  reading,
  type Seen,
  superblock,
  throttled,
  unanswered,
  unreachable,
  uuid,
  volumeId,
  whole,
} from './data-volume-sights.ts'

const start: Action = {
  do: 'exec',
  argv: ['systemctl', 'start', 'mnt-shared.mount'],
  because: '/dev/nvme2n1 is not mounted on /mnt/shared',
}
const reload: Action = {
  do: 'exec',
  argv: ['systemctl', 'daemon-reload'],
  because: 'systemd makes its mount units from /etc/fstab',
}
const list: Action = {
  do: 'write',
  path: '/etc/fstab',
  content: fstab,
  was: others,
  mode: 0o644,
  keepsPermissions: true,
  check: 'fstab',
  because: '/mnt/shared must be mounted at every boot',
}
describe('the data volume', () => {
  test('has the configured deadline: a mkfs outlives it, since it is never interrupted', () => {
    expect(dataVolume.deadlineMs(config)).toBe(300_000)
  })

  test('is converged when it is mounted and listed', () => {
    expect(decide(mounted)).toEqual({
      is: 'converged',
      because: `/dev/nvme2n1 (${volumeId}) is mounted on /mnt/shared`,
    })
  })

  test('tells of another disk that the next boot may take for it', () => {
    const copied: Seen = { ...mounted, sight: { is: 'mounted', disk, superblock, copies: ['/dev/nvme3n1'] } }
    const text =
      `/dev/nvme3n1 has the UUID of /dev/nvme2n1 (${volumeId}), and may be mounted on /mnt/shared in its place at the ` +
      'next boot; detach it before, or give it a UUID of its own (tune2fs -U random)'
    expect(decide(copied)).toMatchObject({ is: 'converged', warnings: [{ code: 'DATA_VOLUME_HAS_COPY', text }] })
    expect(decide({ ...copied, fstab: others })).toEqual(act(list, reload))
  })

  test.each<[string, Seen, object]>([
    ['lists a mounted one for the next boot', { ...mounted, fstab: others }, act(list, reload)],
    ['mounts a whole file system that is listed', whole, act(reload, start)],
    [
      'tells what was in the way of the last try to mount it, which it waits for if it fails again',
      { ...whole, sight: { ...reading, mountWords: 'UNEXPECTED INCONSISTENCY; RUN fsck MANUALLY.' } },
      act(reload, {
        ...start,
        because: `${start.because}; the last try said: UNEXPECTED INCONSISTENCY; RUN fsck MANUALLY.`,
        obstacle: {
          code: 'DATA_VOLUME_MOUNT_FAILED',
          for: 'mnt-shared.mount fails; it said: UNEXPECTED INCONSISTENCY; RUN fsck MANUALLY.',
        },
      }),
    ],
    [
      'makes the mount point',
      { ...whole, mountPoint: undefined },
      act({ do: 'mkdir', path: '/mnt/shared', mode: 0o755, because: 'the mount point is missing' }, reload, start),
    ],
    [
      'tells what the mount will hide',
      { ...whole, bare: ['a', 'b'] },
      act(reload, {
        ...start,
        because: `${start.because}; the mount hides what the bare directory holds: a, b`,
      }),
    ],
    [
      'has udev look where it has not seen the file system',
      { ...whole, sight: { ...reading, byUuid: undefined } },
      act(
        {
          do: 'exec',
          argv: ['udevadm', 'trigger', '--action=change', '--settle', '--name-match=/dev/nvme2n1'],
          because: `udev has not seen the file system ${uuid} yet`,
        },
        reload,
        start,
      ),
    ],
    ['formats a blank disk, and does no more before a fresh look', blank, act(format)],
    [
      'formats without the word of EC2, and says so',
      { ...blank, sight: { ...blankReading, facts: denied } },
      act({ ...format, because: 'the disk is blank; EC2 could not be asked: You are not authorized' }),
    ],
    [
      'formats what EC2 confirms where the disk has no serial',
      { ...blank, sight: { ...blankReading, disk: onXen, facts: known() } },
      act({ ...format, device: '/dev/xvdf' }),
    ],
    [
      'formats where there is no way to EC2, and says so',
      { ...blank, sight: { ...blankReading, facts: unreachable } },
      act({ ...format, because: 'the disk is blank; EC2 could not be asked: connect ECONNREFUSED' }),
    ],
    ...[denied, unreachable].map((facts): [string, Seen, object] => [
      `mounts a whole file system where EC2 is ${facts.volume.is}`,
      { ...whole, sight: { ...reading, facts } },
      act(reload, start),
    ]),
  ])('%s', (_behaviour, seen, decision) => {
    expect(decide(seen)).toEqual(decision)
  })
})

describe('a whole file system on a disk without a serial, where EC2 may not be asked,', () => {
  const seen: Seen = { ...whole, sight: { ...reading, disk: onXen, byUuid: link('../../xvdf'), facts: denied } }

  test('is mounted by the name of the configuration', () => {
    const named = configuration({ dataVolume: { volumeId, deviceName: '/dev/sdf' } })
    expect(dataVolume.decide(named, seen, [])).toEqual(
      act(reload, { ...start, because: '/dev/xvdf is not mounted on /mnt/shared' }),
    )
  })

  test('is not mounted by a name that nobody gave', () => {
    const unnamed = configuration({ dataVolume: { volumeId } })
    expect(dataVolume.decide(unnamed, seen, [])).toMatchObject({
      is: 'wait',
      code: 'EC2_DENIED',
      for: expect.stringContaining(`/dev/xvdf has no serial that would prove it to be ${volumeId}`),
    })
  })
})

test('a volume of which it is not known which it is, is left to what that came to', () => {
  const decision = { is: 'wait', code: 'EC2_DENIED', for: 'which one?' } as const
  expect(decide({ is: 'unidentified', bare: [], decision })).toEqual(decision)
})

describe('what systemd would hide at a boot is told', () => {
  const hidden = '; the mount hides what the bare directory holds: home'

  test('in a wait for the disk, also where it is not known which it is', () => {
    const decision = { is: 'wait', code: 'EC2_DENIED', for: 'which one?' } as const
    const told = { ...decision, for: `which one?${hidden}` }
    expect(decide({ is: 'unidentified', bare: ['home'], decision })).toEqual(told)
    expect(decide({ ...whole, bare: ['home'], sight: { is: 'locked', disk, by: undefined } })).toMatchObject({
      code: 'DEVICE_BUSY',
      for: expect.stringMatching(`${hidden}$`),
    })
  })

  test('in what a mount that fails again is waiting for', () => {
    const decision = decide({ ...whole, bare: ['home'], sight: { ...reading, mountWords: 'bad option' } })
    expect(decision.is === 'act' && decision.actions.at(-1)?.obstacle).toEqual({
      code: 'DATA_VOLUME_MOUNT_FAILED',
      for: `mnt-shared.mount fails; it said: bad option${hidden}`,
    })
  })
})

describe('the data volume is waited for', () => {
  const signed = (facts: Ec2Facts): Seen => ({
    ...whole,
    sight: { ...reading, byUuid: undefined, facts },
  })
  const unsigned = (facts: Ec2Facts, on: Disk = disk): Seen => ({
    ...blank,
    sight: { ...blankReading, disk: on, facts },
  })
  const unknownVolume: Ec2Facts = { instanceId, volume: { is: 'known', value: undefined } }
  const unasked = (because: string) => `it is not known whether another instance uses ${volumeId}; EC2 ${because}`
  const unproved = (because: string) => `/dev/xvdf has no serial that would prove it to be ${volumeId}; EC2 ${because}`

  test.each<[string, Seen, string, string]>([
    [
      'whole, but EC2 throttles the account',
      { ...whole, sight: { ...reading, facts: throttled } },
      'EC2_THROTTLED',
      unasked('throttles the account (ec2:DescribeVolumes): Request limit exceeded.'),
    ],
    [
      'whole, but EC2 still shows it where it was',
      { ...whole, sight: { ...reading, facts: known({ attachments: [{ ...attached, instanceId: 'i-other' }] }) } },
      'DATA_VOLUME_IN_USE',
      `/dev/nvme2n1 (${volumeId}) is here, but EC2 says that it is attached to i-other`,
    ],
    [
      'whole, but on its way from another instance',
      {
        ...whole,
        sight: {
          ...reading,
          facts: known({ attachments: [attached, { ...attached, instanceId: 'i-other', state: 'detaching' }] }),
        },
      },
      'DATA_VOLUME_DETACHING',
      `${volumeId} is being detached from i-other (detaching)`,
    ],
    [
      'blank, but EC2 throttles the account',
      unsigned(throttled),
      'EC2_THROTTLED',
      unasked('throttles the account (ec2:DescribeVolumes): Request limit exceeded.'),
    ],
    [
      'blank, but EC2 does not say whose it is',
      unsigned(unanswered),
      'EC2_NOT_ANSWERING',
      unasked('does not answer (ec2:DescribeVolumes): An internal error has occurred'),
    ],
    [
      'blank and without a serial, but EC2 may not be asked',
      unsigned(denied, onXen),
      'EC2_DENIED',
      unproved('may not be asked (ec2:DescribeVolumes): You are not authorized'),
    ],
    [
      'blank and without a serial, but there is no way to EC2',
      unsigned(unreachable, onXen),
      'EC2_UNREACHABLE',
      unproved('cannot be reached (ec2:DescribeVolumes): connect ECONNREFUSED'),
    ],
    [
      'whole, but EC2 lags behind',
      signed(known({ attachments: [] })),
      'DATA_VOLUME_NOT_ATTACHED',
      `${volumeId} is attached to no instance; EC2 calls it in-use`,
    ],
    [
      'blank, but EC2 lags behind',
      unsigned(known({ attachments: [] })),
      'DATA_VOLUME_NOT_ATTACHED',
      `${volumeId} is attached to no instance; EC2 calls it in-use`,
    ],
    [
      'blank, but EC2 knows no such volume',
      unsigned(unknownVolume),
      'DATA_VOLUME_UNKNOWN',
      `EC2 knows no volume ${volumeId} in this region`,
    ],
    ...['detaching', 'busy'].flatMap((state): [string, Seen, string, string][] => {
      const facts = known({ attachments: [{ ...attached, state }] })
      const reason = `${volumeId} is being detached from this instance (${state})`
      return [
        [`blank, but ${state}`, unsigned(facts), 'DATA_VOLUME_DETACHING', reason],
        [`whole, but ${state}`, signed(facts), 'DATA_VOLUME_DETACHING', reason],
      ]
    }),
    [
      'locked',
      { ...place, sight: { is: 'locked', disk, by: 'mkfs.ext4 (pid 123)' } },
      'DEVICE_BUSY',
      'another process, most likely mkfs.ext4 (pid 123), holds the lock of /dev/nvme2n1',
    ],
    [
      'locked by who does not write',
      { ...place, sight: { is: 'locked', disk, by: undefined } },
      'DEVICE_BUSY',
      'another process, most likely a mkfs, holds the lock of /dev/nvme2n1',
    ],
    [
      'claimed',
      { ...place, sight: { is: 'claimed', disk } },
      'DEVICE_BUSY',
      'something keeps /dev/nvme2n1 for itself: a mkfs, or a mount of another namespace',
    ],
    [
      'written',
      { ...place, sight: { is: 'written', disk, by: 'dd (pid 123)' } },
      'DEVICE_BUSY',
      'dd (pid 123) has /dev/nvme2n1 open for writing',
    ],
  ])('%s', (_state, seen, code, reason) => {
    expect(decide(seen)).toEqual({ is: 'wait', code, for: reason })
  })
})
