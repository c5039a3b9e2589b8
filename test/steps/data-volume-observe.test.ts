import { describe, expect, test } from 'vitest'
import type { FrontendConfig } from '../../src/config/frontend-schema.ts'
import type { VolumeFacts } from '../../src/engine/host.ts'
import { lsblkArgv } from '../../src/formats/lsblk.ts'
import { dataVolume } from '../../src/steps/data-volume.ts'
import { fakeHost, type Script, signal } from '../fake-host.ts'
import { configuration } from './configuration.ts'
import {
  at,
  base,
  config,
  consentFile,
  data,
  dataMount,
  decoy,
  device,
  ec2,
  files,
  header,
  identified,
  identity,
  instanceId,
  intentFile,
  look,
  lsblk,
  mountSaid,
  nothing,
  probes,
  root,
  rootMount,
  sizeBytes,
  superblock,
  uuid,
  volumeId,
} from './data-volume-machine.ts'
import { dumpe2fsHeader } from './dumpe2fs-header.ts'

const unitFile = { kind: 'file', mode: 0o644, owner: 'root:root', sizeBytes: 90, changedAtMs: 0 } as const

describe('observing the data volume', () => {
  test('takes two commands when it is mounted: there is nothing else to know', async () => {
    const commands: string[] = []
    const host = fakeHost({
      ...base,
      commands: { ...base.commands, 'dumpe2fs -h /dev/nvme2n1': header },
      files: { ...files, '/proc/self/mountinfo': `${rootMount}\n${dataMount}\n` },
    })
    const counting: typeof host = {
      ...host,
      exec: async (argv, options) => (commands.push(argv.join(' ')), await host.exec(argv, options)),
    }
    const { sight, mount } = await identified(counting)
    expect(sight).toMatchObject({
      is: 'mounted',
      disk: { path: '/dev/nvme2n1', serial: 'vol0123456789abcdef0' },
      superblock,
    })
    expect(mount).toMatchObject({ device: '259:4', target: '/mnt/shared' })
    expect(commands).toEqual([lsblkArgv.join(' '), 'dumpe2fs -h /dev/nvme2n1'])
  })

  test.each([
    [undefined, undefined],
    // A mask, too, takes the place of what is made from /etc/fstab.
    ['/etc/systemd/system/mnt-shared.mount', { ...unitFile, kind: 'symlink', target: '/dev/null' } as const],
    ['/run/systemd/generator.early/mnt-shared.mount', unitFile],
  ])('finds the unit file that outranks /etc/fstab without a command for it: %s', async (path, found) => {
    const stats = { ...base.stats, ...(path !== undefined && { [path]: found }) }
    const script = { ...base, ...ec2, stats, commands: lsblk(decoy, root) }
    expect((await identified(fakeHost(script))).unitFile).toBe(path)
  })

  test('asks EC2 why it is not there', async () => {
    expect(await look({ ...base, ...ec2, commands: lsblk(decoy, root) })).toEqual({
      is: 'absent',
      absence: {
        facts: { instanceId, volume: { is: 'denied', because: 'no' } },
        zone: 'us-east-1a',
        permission: undefined,
        onXen: false,
      },
    })
  })

  test('goes on where EC2 does not answer', async () => {
    const host = fakeHost({ ...base, ...ec2, commands: lsblk(decoy, root) })
    const failing: typeof host = {
      ...host,
      volume: async () => await Promise.reject(new Error('An internal error has occurred')),
    }
    const { sight } = await identified(failing)
    expect(sight).toMatchObject({
      is: 'absent',
      absence: { facts: { volume: { is: 'unanswered', because: 'An internal error has occurred' } } },
    })
  })

  test.each(['instance-id', 'placement/availability-zone'])('fails where the instance has no %s', async (item) => {
    const metadata = { ...ec2.metadata, [`meta-data/${item}`]: undefined }
    await expect(look({ ...base, ...ec2, metadata, commands: lsblk(decoy, root) })).rejects.toThrow(
      /^the metadata service does not tell the (ID|availability zone) of this instance$/,
    )
  })

  const byName = configuration({ dataVolume: { deviceName: '/dev/sdf' } })
  const named: Script = {
    ...base,
    ...ec2,
    stats: { ...base.stats, '/dev/sdf': undefined, '/dev/xvdf': undefined },
    blockDevices: { [instanceId]: { is: 'known', value: [{ deviceName: '/dev/sdf', volumeId }] } },
  }

  test('finds out which volume has the configured device name, and knows it by its ID from then on', async () => {
    const mounted = {
      ...files,
      '/proc/self/mountinfo': `${rootMount}\n${dataMount}\n`,
      [intentFile]: 'begun',
      [consentFile]: 'given',
    }
    const commands = { ...base.commands, 'dumpe2fs -h /dev/nvme2n1': header }
    expect(await identified(fakeHost({ ...named, commands, files: mounted }), byName)).toMatchObject({
      wanted: { volumeId, deviceName: '/dev/sdf' },
      sight: { is: 'mounted', disk: { path: '/dev/nvme2n1' } },
      intentText: 'begun',
      consentText: 'given',
    })
  })

  test('looks no further where it cannot find that out', async () => {
    const directories = { ...base.directories, '/mnt/shared': ['home'] }
    const host = fakeHost({ ...named, directories, blockDevices: { [instanceId]: { is: 'known', value: [] } } })
    expect(await dataVolume.observe(byName, host, signal)).toMatchObject({
      is: 'unidentified',
      bare: ['home'],
      decision: { is: 'wait', code: 'DATA_VOLUME_NOT_ATTACHED' },
    })
  })

  const volume: VolumeFacts = {
    state: 'available',
    sizeBytes,
    availabilityZone: 'us-east-1a',
    snapshotId: undefined,
    attachments: [],
  }
  const toAttach = configuration({ dataVolume: { volumeId, deviceName: '/dev/sdh', attach: true } })
  const free = (changes: Partial<VolumeFacts> = {}): Script => ({
    ...base,
    ...ec2,
    commands: lsblk(decoy, root),
    volumes: { [volumeId]: { is: 'known', value: { ...volume, ...changes } } },
  })

  test('asks whether it may attach a volume that is free', async () => {
    const permissions = { [`${volumeId} ${instanceId} /dev/sdh`]: { is: 'denied', because: 'no' } } as const
    expect(await look({ ...free(), permissions }, toAttach)).toMatchObject({
      absence: { permission: { is: 'denied', because: 'no' } },
    })
  })

  const other = { instanceId: 'i-other', state: 'attached', deviceName: undefined, attachedForMs: undefined }
  test.each<[string, Script, FrontendConfig]>([
    ['the configuration does not say so', free(), config],
    ['the volume is not available', free({ state: 'creating' }), toAttach],
    ['it is attached', free({ attachments: [other] }), toAttach],
    ['it is in another zone', free({ availabilityZone: 'us-east-1b' }), toAttach],
    ['there is none', { ...free(), volumes: { [volumeId]: { is: 'known', value: undefined } } }, toAttach],
    ['EC2 may not be asked', { ...free(), ...ec2 }, toAttach],
  ])('does not ask whether it may attach a volume where %s', async (_why, script, configured) => {
    expect(await look(script, configured)).toMatchObject({ is: 'absent', absence: { permission: undefined } })
  })

  test('knows Xen by the names of the disks', async () => {
    const xvda = device('xvda', '202:0', 8 * sizeBytes, { mountpoints: ['/'] })
    const script = { ...free(), commands: lsblk(xvda), files: { ...files, ...identity('xvda', undefined, undefined) } }
    expect(await look(script)).toMatchObject({ is: 'absent', absence: { onXen: true } })
  })

  test('does not look into a disk that is locked', async () => {
    const writers = { '259:4': 'mkfs.ext4 (pid 123)' }
    expect(await look({ ...base, free: { '/dev/nvme2n1': false }, writers })).toMatchObject({
      is: 'locked',
      disk: { path: '/dev/nvme2n1' },
      by: 'mkfs.ext4 (pid 123)',
    })
  })

  test('does not look into a disk that is in use', async () => {
    const mounts = `${rootMount}\n${dataMount.replace('/mnt/shared', '/data')}\n`
    const elsewhere = { ...files, '/proc/self/mountinfo': mounts }
    expect(await look({ ...base, files: elsewhere })).toMatchObject({
      is: 'refused',
      refusal: { code: 'DISK_IN_USE', because: '/dev/nvme2n1 is used, mounted on /data' },
    })
  })

  test.each([
    [
      'a copy of it',
      '91 90 259:9 / /mnt/shared rw - ext4 /dev/nvme3n1 rw',
      '/dev/nvme3n1 (ext4) is mounted on /mnt/shared',
    ],
    ['something above', '91 22 0:50 / /mnt rw - tmpfs none rw', 'none (tmpfs) is mounted on /mnt'],
  ])('tells what was mounted over the disk where that belongs: %s', async (_what, line, because) => {
    const covered = { ...files, '/proc/self/mountinfo': `${rootMount}\n${dataMount}\n${line}\n` }
    expect(await look({ ...base, files: covered })).toMatchObject({
      is: 'refused',
      refusal: { code: 'DATA_VOLUME_OTHER_MOUNT', because: expect.stringContaining(because) },
    })
  })

  test('does not look into a disk that a loop device reads', async () => {
    const overDisk = { ...files, '/sys/block/loop1/loop/backing_file': '/dev/nvme2n1\n' }
    expect(await look({ ...base, files: overDisk })).toMatchObject({
      is: 'refused',
      refusal: { code: 'DISK_IN_USE', because: '/dev/nvme2n1 is held by loop1' },
    })
  })

  test('does not touch the disk with the root file system', async () => {
    const script = {
      ...base,
      files: { ...files, ...identity('nvme1n1', 'vol0123456789abcdef0', 'QEMU NVMe Ctrl') },
      commands: lsblk(root),
    }
    expect(await look(script)).toMatchObject({ is: 'refused', refusal: { code: 'DISK_IS_ROOT' } })
  })

  test('reads the places of a disk without signature, then asks EC2', async () => {
    const script = {
      ...base,
      ...ec2,
      commands: { ...base.commands, ...nothing },
      nonZero: { '/dev/nvme2n1': undefined },
    }
    expect(await look(script)).toMatchObject({
      is: 'read',
      verdict: { is: 'blank' },
      facts: { volume: { is: 'denied' } },
      findings: undefined,
    })
  })

  test('looks for the backups of a superblock where there are bytes', async () => {
    const commands = {
      ...base.commands,
      ...nothing,
      [at(8_193, 1_024)]: { exitCode: 19 },
      [at(16_384, 2_048)]: { exitCode: 19 },
      [at(32_768, 4_096)]: { exitCode: 1, stdout: header },
      [at(65_528, 8_192)]: { exitCode: 34, stderr: 'dumpe2fs: Filesystem has unexpected block size' },
      [at(65_528, 16_384)]: { exitCode: 67, stderr: 'dumpe2fs: Filesystem has unsupported feature(s)' },
    }
    const script = {
      ...base,
      ...ec2,
      commands,
      nonZero: { '/dev/nvme2n1': 4_096 },
      digests: { '/dev/nvme2n1': 'a hash' },
    }
    expect(await look(script)).toMatchObject({
      is: 'read',
      verdict: {
        is: 'refuse',
        code: 'DISK_FILE_SYSTEM_DAMAGED',
        because: expect.stringContaining(`with UUID ${uuid}`),
      },
      findings: { is: 'hash', hash: expect.stringMatching(/^[0-9a-f]{16}$/) },
    })
  })

  test.each([
    ['blank', nothing, {}],
    [
      'with a file system',
      probes({
        wipefs: JSON.stringify({ signatures: [{ offset: '0x438', type: 'ext4', uuid }] }),
        blkid: `TYPE=ext4\nUUID=${uuid}\n`,
        dumpe2fs: header,
      }),
      {},
    ],
  ])('does not touch a disk %s that somebody writes to', async (_what, found) => {
    const commands = { ...base.commands, ...found }
    const by = 'dd (pid 123)'
    const script = {
      ...base,
      ...ec2,
      commands,
      nonZero: { '/dev/nvme2n1': undefined },
      writers: { '259:4': by },
    }
    expect(await look(script)).toMatchObject({ is: 'written', disk: { path: '/dev/nvme2n1' }, by })
  })

  test('finds the copies of a mounted file system by its UUID', async () => {
    const copies = [
      device('nvme3n1', '259:9', sizeBytes, { uuid }),
      device('nvme4n1', '259:10', sizeBytes, { uuid: 'x' }),
    ]
    const commands = { ...lsblk(root, { ...data, uuid }, ...copies), 'dumpe2fs -h /dev/nvme2n1': header }
    const more = Object.assign({}, ...copies.map(({ name }) => identity(name, undefined, undefined)))
    const mounts = { '/proc/self/mountinfo': `${rootMount}\n${dataMount}\n` }
    const script = { ...base, commands, files: { ...files, ...more, ...mounts } }
    expect(await look(script)).toMatchObject({ is: 'mounted', copies: ['/dev/nvme3n1'] })
  })

  test('does not touch a disk without signature that something else has for itself', async () => {
    const script = {
      ...base,
      ...ec2,
      commands: { ...base.commands, ...nothing },
      nonZero: { '/dev/nvme2n1': undefined },
      claimed: { '/dev/nvme2n1': true },
    }
    expect(await look(script)).toMatchObject({ is: 'claimed', disk: { path: '/dev/nvme2n1' } })
  })

  test('asks for the size of a memory page where blocks are larger than any has', async () => {
    const commands = {
      ...base.commands,
      ...probes({
        wipefs: JSON.stringify({ signatures: [{ offset: '0x438', type: 'ext4', uuid }] }),
        blkid: `TYPE=ext4\nUUID=${uuid}\n`,
        dumpe2fs: dumpe2fsHeader(uuid, sizeBytes, 65_536),
      }),
      'getconf PAGESIZE': '16384\n',
    }
    const stats = { ...base.stats, [`/dev/disk/by-uuid/${uuid}`]: undefined }
    expect(await look({ ...base, ...ec2, commands, stats, digests: { '/dev/nvme2n1': 'a hash' } })).toMatchObject({
      verdict: {
        code: 'DISK_FEATURES_UNSUPPORTED',
        because: expect.stringContaining("blocks of 65536 bytes, more than a page of this machine's memory, 16384"),
      },
    })
  })

  test('asks udev and EC2 about the file system that is there', async () => {
    const commands = {
      ...base.commands,
      ...probes({
        wipefs: JSON.stringify({ signatures: [{ offset: '0x438', type: 'ext4', uuid }] }),
        blkid: `TYPE=ext4\nUUID=${uuid}\n`,
        dumpe2fs: header,
      }),
      ...mountSaid('mount: /mnt/shared: wrong fs type.\n       dmesg(1) may have more information.\n'),
    }
    const sight = await look({
      ...base,
      ...ec2,
      commands,
      stats: { ...base.stats, [`/dev/disk/by-uuid/${uuid}`]: undefined },
    })
    expect(sight).toMatchObject({
      is: 'read',
      verdict: { is: 'holds', uuid, label: undefined, sizeBytes },
      byUuid: undefined,
      mountWords: 'mount: /mnt/shared: wrong fs type.; dmesg(1) may have more information.',
      facts: { volume: { is: 'denied' } },
    })
  })

  test.each([
    [
      'wipefs',
      {
        'wipefs --no-act --json /dev/nvme2n1': {
          exitCode: 1,
          stderr: 'probing initialization failed: Input/output error',
        },
      },
    ],
    ['blkid', { 'blkid --probe --output export /dev/nvme2n1': { exitCode: 4 } }],
    ['dumpe2fs', { 'dumpe2fs -h /dev/nvme2n1': { exitCode: 5, stderr: 'Input/output error' } }],
  ])('fails where %s cannot read the disk', async (_tool, failing) => {
    await expect(look({ ...base, ...ec2, commands: { ...base.commands, ...nothing, ...failing } })).rejects.toThrow(
      'ended with',
    )
  })
})
