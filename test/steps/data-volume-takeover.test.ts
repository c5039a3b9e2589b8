import { expect, test } from 'vitest'
import { type Action, labelOf } from '../../src/engine/action.ts'
import type { Event } from '../../src/engine/events.ts'
import type { Attachment, Host } from '../../src/engine/host.ts'
import { runSteps } from '../../src/engine/runner.ts'
import { anyStep } from '../../src/engine/step.ts'
import { consentPath } from '../../src/formats/disk-consent.ts'
import { intentPath } from '../../src/formats/format-intent.ts'
import { lsblkArgv } from '../../src/formats/lsblk.ts'
import { dataVolume } from '../../src/steps/data-volume.ts'
import { fakeClock } from '../fake-clock.ts'
import { fakeHost, signal } from '../fake-host.ts'
import { unitFiles } from './data-volume-machine.ts'
import { config, directory, fstab, instanceId, uuid, volumeId } from './data-volume-sights.ts'
import { dumpe2fsHeader } from './dumpe2fs-header.ts'

const attach = `attach-volume ${volumeId} to ${instanceId} as /dev/sdf`
const header = dumpe2fsHeader(uuid, 1024 ** 3)
const listing = (...names: readonly string[]) =>
  JSON.stringify({
    blockdevices: names.map((name, minor) => ({
      kname: name,
      path: `/dev/${name}`,
      'maj:min': `259:${minor}`,
      type: 'disk',
      size: 1024 ** 3,
      ro: false,
      uuid: null,
      mountpoints: [null],
    })),
  })

/**
 * A replaced front end: the volume is free, EC2 shows the attachment 3 s after it was told and takes 10 s for it, and
 * the kernel misses the disk until the second rescan. What would come after that is there already.
 */
test('a volume is taken over step by step, each wait with its code, each action once', async () => {
  const clock = fakeClock()
  let toldAt: number | undefined
  let rescans = 0
  const said: string[] = []
  const at = () => Math.round(clock.now() / 1_000)

  const attachments = (): readonly Attachment[] => {
    const attachedForMs = clock.now() - (toldAt ?? Infinity)
    if (attachedForMs < 3_000) return []
    return [
      { instanceId, state: attachedForMs < 10_000 ? 'attaching' : 'attached', deviceName: '/dev/sdf', attachedForMs },
    ]
  }
  const script = fakeHost({
    commands: { 'dumpe2fs -h /dev/nvme1n1': header },
    files: {
      '/proc/swaps': 'Filename\n',
      '/etc/fstab': fstab,
      [intentPath(volumeId)]: undefined,
      [consentPath(volumeId)]: undefined,
      '/sys/block/nvme0n1/device/serial': 'vol0aaaaaaaaaaaaaaaa',
      '/sys/block/nvme0n1/device/model': 'Amazon Elastic Block Store',
      '/sys/block/nvme1n1/device/serial': 'vol0123456789abcdef0',
      '/sys/block/nvme1n1/device/model': 'Amazon Elastic Block Store',
    },
    stats: { ...unitFiles, '/mnt/shared': directory, '/dev/disk/by-uuid/root': undefined },
    directories: { '/mnt/shared': [] },
    metadata: { 'meta-data/instance-id': instanceId, 'meta-data/placement/availability-zone': 'us-east-1a' },
    permissions: { [`${volumeId} ${instanceId} /dev/sdf`]: { is: 'known', value: true } },
  })
  const isShown = () => rescans === 2
  const root = '22 1 259:0 / / rw - ext4 /dev/nvme0n1 rw\n'
  const host: Host = {
    ...script,
    exec: async (argv, options) =>
      argv === lsblkArgv
        ? { exitCode: 0, stdout: isShown() ? listing('nvme0n1', 'nvme1n1') : listing('nvme0n1'), stderr: '' }
        : await script.exec(argv, options),
    read: async (path) => {
      if (path !== '/proc/self/mountinfo') return await script.read(path)
      return isShown() ? `${root}90 22 259:1 / /mnt/shared rw - ext4 /dev/nvme1n1 rw\n` : root
    },
    volume: async () => ({
      is: 'known',
      value: {
        state: attachments().length === 0 ? 'available' : 'in-use',
        sizeBytes: 1024 ** 3,
        availabilityZone: 'us-east-1a',
        snapshotId: undefined,
        attachments: attachments(),
      },
    }),
  }
  const perform = async (action: Action) => {
    said.push(`${at()} ${labelOf(action)}`)
    if (action.do === 'attach-volume') toldAt = clock.now()
    else if (action.do === 'rescan-pci') rescans += 1
    else throw new Error(`unexpected: ${labelOf(action)}`)
    return { is: 'done', action } as const
  }
  const emit = (event: Event) => {
    if (event.event === 'step-waiting' || event.event === 'step-retrying') said.push(`${at()} ${event.code}`)
  }
  const ports = { host, perform, clock, random: () => 0, emit }
  const configured = { dataVolume: { ...config.dataVolume, attach: true } }
  const results = await clock.until(runSteps([anyStep(dataVolume, configured)], () => true, ports, signal))

  expect(said).toEqual([
    `0 ${attach}`,
    '0 DATA_VOLUME_ATTACHING',
    '4 DATA_VOLUME_ATTACHING',
    '10 DATA_VOLUME_NOT_SEEN',
    '20 rescan-pci',
    '20 DATA_VOLUME_NOT_SEEN',
    '81 rescan-pci',
  ])
  expect(results.get('data-volume')).toMatchObject({
    is: 'converged',
    because: `/dev/nvme1n1 (${volumeId}) is mounted on /mnt/shared`,
  })
})
