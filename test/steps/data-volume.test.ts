import { describe, expect, test } from 'vitest'
import type { Action } from '../../src/engine/action.ts'
import { dataVolume } from '../../src/steps/data-volume.ts'
import {
  act,
  attached,
  blank,
  config,
  contents,
  decide,
  denied,
  disk,
  format,
  fstab,
  instanceId,
  known,
  link,
  mounted,
  others,
  place,
  type Seen,
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
  because: '/mnt/shared must be mounted at every boot',
}
const forget: Action = {
  do: 'remove',
  path: '/var/lib/slurm-node-agent/format/vol-0123456789abcdef0.json',
  because: 'the file system is whole',
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

  test.each<[string, Seen, object]>([
    ['lists a mounted one for the next boot', { ...mounted, fstab: others }, act(list, reload)],
    ['mounts a whole file system that is listed', whole, act(reload, start)],
    [
      'makes the mount point',
      { ...whole, mountPoint: undefined },
      act({ do: 'mkdir', path: '/mnt/shared', mode: 0o755, because: 'the mount point is missing' }, reload, start),
    ],
    [
      'forgets the intent before all else once the file system is whole',
      { ...whole, fstab: others, intentText: 'anything' },
      act(forget, list, reload, start),
    ],
    ['forgets an intent that was left behind', { ...mounted, intentText: '' }, act(forget)],
    [
      'has udev look where it has not seen the file system',
      { ...whole, sight: { is: 'signed', disk, contents, byUuid: undefined, facts: known() } },
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
      { ...blank, sight: { is: 'unsigned', disk, contents: { is: 'zeros' }, facts: denied } },
      act({ ...format, because: 'the disk is blank; EC2 could not be asked: You are not authorized' }),
    ],
    [
      'formats where there is no way to EC2, and says so',
      { ...blank, sight: { is: 'unsigned', disk, contents: { is: 'zeros' }, facts: unreachable } },
      act({ ...format, because: 'the disk is blank; EC2 could not be asked: connect ECONNREFUSED' }),
    ],
    ...[denied, unreachable, throttled, unanswered].map((facts): [string, Seen, object] => [
      `mounts a whole file system where EC2 is ${facts.volume.is}`,
      { ...whole, sight: { is: 'signed', disk, contents, byUuid: link('../../nvme2n1'), facts } },
      act(reload, start),
    ]),
  ])('%s', (_behaviour, seen, decision) => {
    expect(decide(seen)).toEqual(decision)
  })
})

describe('the data volume is waited for', () => {
  test.each<[string, Seen, string, string]>([
    [
      'detached',
      { ...place, sight: { is: 'absent', facts: known({ state: 'available', attachments: [] }) } },
      'DATA_VOLUME_NOT_ATTACHED',
      `${volumeId} is attached to no instance; EC2 calls it available`,
    ],
    [
      'attached elsewhere',
      { ...place, sight: { is: 'absent', facts: known({ attachments: [{ ...attached, instanceId: 'i-other' }] }) } },
      'DATA_VOLUME_NOT_ATTACHED',
      `${volumeId} is attached to another instance, i-other`,
    ],
    [
      'attaching',
      { ...place, sight: { is: 'absent', facts: known({ attachments: [{ ...attached, state: 'attaching' }] }) } },
      'DATA_VOLUME_NOT_ATTACHED',
      `${volumeId} is attaching to this instance`,
    ],
    [
      'attached, not seen',
      { ...place, sight: { is: 'absent', facts: known() } },
      'DATA_VOLUME_NOT_ATTACHED',
      `${volumeId} is attached to this instance according to EC2, but the kernel does not show it yet`,
    ],
    [
      'no such volume',
      { ...place, sight: { is: 'absent', facts: { instanceId, volume: { is: 'known', value: undefined } } } },
      'DATA_VOLUME_NOT_ATTACHED',
      `EC2 knows no volume ${volumeId} in this region`,
    ],
    [
      'not to be asked',
      { ...place, sight: { is: 'absent', facts: denied } },
      'DATA_VOLUME_NOT_ATTACHED',
      `${volumeId} is not among the disks, and EC2 cannot be asked why (ec2:DescribeVolumes): You are not authorized`,
    ],
    [
      'not there, and no word of EC2',
      { ...place, sight: { is: 'absent', facts: throttled } },
      'DATA_VOLUME_NOT_ATTACHED',
      `${volumeId} is not among the disks, and EC2 does not answer why: Request limit exceeded.`,
    ],
    [
      'blank, but EC2 is too busy to say whose it is',
      { ...blank, sight: { is: 'unsigned', disk, contents: { is: 'zeros' }, facts: throttled } },
      'EC2_NOT_ANSWERING',
      `/dev/nvme2n1 could be formatted, but EC2 does not say yet what it knows of ${volumeId}: Request limit exceeded.`,
    ],
    [
      'whole, but EC2 lags behind',
      {
        ...whole,
        sight: { is: 'signed', disk, contents, byUuid: undefined, facts: known({ attachments: [] }) },
      },
      'DATA_VOLUME_NOT_ATTACHED',
      `${volumeId} is attached to no instance; EC2 calls it in-use`,
    ],
    [
      'locked',
      { ...place, sight: { is: 'locked', disk } },
      'DEVICE_BUSY',
      'another process holds the lock of /dev/nvme2n1, most likely a mkfs',
    ],
    [
      'blank, but EC2 lags behind',
      { ...blank, sight: { is: 'unsigned', disk, contents: { is: 'zeros' }, facts: known({ attachments: [] }) } },
      'DATA_VOLUME_NOT_ATTACHED',
      `${volumeId} is attached to no instance; EC2 calls it in-use`,
    ],
  ])('%s', (_state, seen, code, reason) => {
    expect(decide(seen)).toEqual({ is: 'wait', code, for: reason })
  })
})
