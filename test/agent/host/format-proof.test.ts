import { mkdtemp, open, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { changeSince } from '../../../agent/host/format-proof.ts'
import type { Format } from '../../../src/engine/action.ts'
import type { Host } from '../../../src/engine/host.ts'
import { intentPath, printIntent } from '../../../src/formats/format-intent.ts'
import { lsblkArgv } from '../../../src/formats/lsblk.ts'
import { fakeHost, type Script, signal } from '../../fake-host.ts'

const volumeId = 'vol-0123456789abcdef0'
const instanceId = 'i-0123456789abcdef0'
const uuid = '3b9e2b2a-0c4f-4f4e-9d5b-5d1c7d9f6a01'
const sizeBytes = 4 * 1024 * 1024

let folder = ''
let device = ''

/** A file has no device number of its own: 0:0. */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slurm-node-agent-'))
  device = join(folder, 'disk')
  await writeFile(device, '')
  await truncate(device, sizeBytes)
})

afterEach(async () => await rm(folder, { recursive: true }))

const lsblk = (changes: object) =>
  JSON.stringify({
    blockdevices: [
      {
        kname: 'nvme1n1',
        path: device,
        'maj:min': '0:0',
        type: 'disk',
        size: sizeBytes,
        ro: false,
        mountpoints: [null],
        ...changes,
      },
    ],
  })

const attachments = [{ instanceId, state: 'attached', deviceName: undefined, attachedForMs: 0 }]
const volume = { state: 'in-use', sizeBytes, availabilityZone: 'us-east-1a', snapshotId: undefined, attachments }
const said = (changes: object): Script => ({
  volumes: { [volumeId]: { is: 'known', value: { ...volume, ...changes } } },
})

const blank = (): Script => ({
  commands: {
    [lsblkArgv.join(' ')]: lsblk({}),
    [`wipefs --no-act --json ${device}`]: '{"signatures": []}',
    [`blkid --probe --output export ${device}`]: { exitCode: 2 },
    [`dumpe2fs -h ${device}`]: { exitCode: 19 },
  },
  files: {
    '/proc/self/mountinfo': '',
    '/proc/swaps': 'Filename\n',
    '/sys/block/nvme1n1/device/serial': 'vol0123456789abcdef0\n',
    '/sys/block/nvme1n1/device/model': 'Amazon Elastic Block Store\n',
    [intentPath(volumeId)]: undefined,
  },
  directories: {
    '/sys/block': ['nvme1n1'],
    '/sys/class/block/nvme1n1': ['holders'],
    '/sys/class/block/nvme1n1/holders': [],
  },
  metadata: { 'meta-data/instance-id': instanceId },
  volumes: { [volumeId]: { is: 'denied', because: 'no' } },
  nonZero: { [device]: undefined },
  claimed: { [device]: false },
})

/** Nothing is where mkfs never writes: only its first and last MiB are looked at as a whole. */
const onlyInEdges =
  (host: Host): Host['firstNonZero'] =>
  async (path, regions) =>
    regions.some(({ lengthBytes }) => lengthBytes > 4_096) ? await host.firstNonZero(path, regions, signal) : undefined

/** What the proof says of the disk by now. */
async function change(script: Script, changes: Partial<Format> = {}) {
  await using handle = await open(device, 'r+')
  const action: Format = {
    do: 'format',
    device,
    volumeId,
    instanceId,
    sizeBytes,
    fileSystem: 'ext4',
    intent: undefined,
    because: 'the disk is blank',
    ...changes,
  }
  const host = fakeHost({ ...blank(), ...script })
  return await changeSince(action, handle, { ...host, firstNonZero: onlyInEdges(host) }, signal)
}

const withDisk = (changes: object): Script => ({
  commands: { ...blank().commands, [lsblkArgv.join(' ')]: lsblk(changes) },
})

describe('right before a format', () => {
  test('nothing has changed on the disk that was seen', async () => {
    expect(await change({})).toBe(undefined)
    expect(await change(said({}))).toBe(undefined)
  })

  test.each<[string, () => Script, RegExp]>([
    [
      'the disk is gone',
      () => ({ commands: { ...blank().commands, [lsblkArgv.join(' ')]: '{"blockdevices": []}' } }),
      /is no longer among the disks/,
    ],
    ['the disk is read-only', () => withDisk({ ro: true }), /is read-only by now/],
    ['the volume is another disk', () => withDisk({ path: '/dev/nvme9n1' }), /is \/dev\/nvme9n1 by now/],
    ['the name is that of another disk', () => withDisk({ 'maj:min': '259:9' }), /is 259:9 by now/],
    ['the disk has another size', () => withDisk({ size: 1 }), /has 1 bytes by now/],
    ['the disk is mounted', () => withDisk({ mountpoints: ['/data'] }), /is used, mounted on \/data/],
    [
      'a file system is on it',
      () => ({
        commands: {
          ...blank().commands,
          [`wipefs --no-act --json ${device}`]: '{"signatures": [{"offset": "0x0", "type": "xfs", "uuid": null}]}',
        },
      }),
      /has a signature by now/,
    ],
    ['something has the disk for itself', () => ({ claimed: { [device]: true } }), /keeps .* for itself by now/],
    ['this is another instance', () => ({ metadata: { 'meta-data/instance-id': 'i-other' } }), /is i-other by now/],
    ['EC2 knows of a snapshot', () => said({ snapshotId: 'snap-1' }), /was made from snap-1, yet nothing is found/],
    ['EC2 gives another size', () => said({ sizeBytes: 1 }), /but EC2 says 1$/],
    [
      'EC2 shows another instance',
      () => said({ attachments: [...attachments, { ...attachments[0], instanceId: 'i-other' }] }),
      /attached to i-other/,
    ],
    [
      'EC2 throttles',
      () => ({ volumes: { [volumeId]: { is: 'throttled', because: 'Request limit exceeded.' } } }),
      /EC2 throttles the account/,
    ],
  ])('is noticed that %s', async (_change, script, words) => {
    expect(await change(script())).toMatch(words)
  })

  test('is noticed that the device ends elsewhere than its size says', async () => {
    await truncate(device, sizeBytes + 1)
    expect(await change({})).toMatch(/does not end at/)
  })

  const intent = { volumeId, instanceId, uuid }
  const half = (text: string | undefined): Script => ({
    files: { ...blank().files, [intentPath(volumeId)]: text },
    nonZero: { [device]: 4_096 },
  })

  test('what is half-made is made again on the intent of this instance', async () => {
    expect(await change(half(printIntent(intent)), { intent })).toBe(undefined)
  })

  test('what is half-made is not, without one', async () => {
    expect(await change(half(undefined))).toMatch(/is not blank/)
  })

  test.each<[string, Partial<Format>, string | undefined]>([
    ['is gone', { intent }, undefined],
    ['has another UUID', { intent }, printIntent({ ...intent, uuid: '5f2c8a1e-7d34-4b69-8e0f-1a2b3c4d5e6f' })],
    ['is for another volume', { intent }, printIntent({ ...intent, volumeId: 'vol-other' })],
    [
      "is another instance's, whatever the action says",
      { intent: { ...intent, instanceId: 'i-other' } },
      printIntent({ ...intent, instanceId: 'i-other' }),
    ],
  ])('what is half-made is not, on an intent that %s', async (_state, changes, text) => {
    expect(await change(half(text), changes)).toMatch(/is not blank/)
  })
})
