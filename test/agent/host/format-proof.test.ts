import { createHash } from 'node:crypto'
import { mkdtemp, open, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { read } from '../../../agent/host/files.ts'
import { formatDisk } from '../../../agent/host/format.ts'
import { changeSince, type ProofReads } from '../../../agent/host/format-proof.ts'
import type { Format } from '../../../src/engine/action.ts'
import type { Host } from '../../../src/engine/host.ts'
import { consentPath, printConsent } from '../../../src/formats/disk-consent.ts'
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
        uuid: null,
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
  writers: { '0:0': undefined, '0:0 0:1': undefined },
})

/** Nothing is where mkfs never writes: only its first and last MiB are looked at as a whole. */
const onlyInEdges =
  (host: Host): Host['firstNonZero'] =>
  async (path, regions) =>
    regions.some(({ lengthBytes }) => lengthBytes > 4_096) ? await host.firstNonZero(path, regions, signal) : undefined

const format = (): Format => ({
  do: 'format',
  device,
  volumeId,
  instanceId,
  sizeBytes,
  fileSystem: 'ext4',
  intent: undefined,
  consentedFindings: undefined,
  because: 'the disk is blank',
})

/** What the proof says of the disk by now. */
async function change(script: Script, changes: Partial<Format> = {}) {
  await using handle = await open(device, 'r+')
  const action = { ...format(), ...changes }
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
      /wipefs and blkid do not agree on one thing/,
    ],
    [
      'somebody writes to the disk',
      () => ({ writers: { '0:0': 'dd (pid 123)' } }),
      /^dd \(pid 123\) has .* open for writing by now/,
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

describe('right before a format to which a person consented', () => {
  const consent = { volumeId, findings: '', by: 'ada', at: '2026-11-25T10:00:00.000Z' }
  /** With bytes of which nobody else knows the hash. */
  const lost = (text: string | undefined, more: Script = {}): Script => ({
    files: {
      ...blank().files,
      [consentPath(volumeId)]: text,
      '/proc/sys/kernel/random/boot_id': 'a boot\n',
      '/sys/class/block/nvme1n1/diskseq': '7\n',
      '/sys/class/block/nvme1n1/stat': '9 0 72 3 5 0 40 2 0 4 5\n',
    },
    digests: { [device]: 'a hash' },
    ...more,
  })
  const hash = (bytes: string) =>
    createHash('sha256').update(`${volumeId} ${sizeBytes} a boot 7 40 ${bytes}`).digest('hex').slice(0, 16)
  const consentedFindings = hash('a hash')
  const given = printConsent({ ...consent, findings: consentedFindings })

  test('the disk is still what was found, whatever that is', async () => {
    expect(await change(lost(given), { consentedFindings })).toBe(undefined)
  })

  test('unused partitions are part of what was found', async () => {
    const child = {
      kname: 'nvme1n1p1',
      path: '/dev/nvme1n1p1',
      'maj:min': '0:1',
      type: 'part',
      size: 1,
      ro: false,
      uuid: null,
    }
    const parted = (mountpoints: readonly (string | null)[]) =>
      lost(given, {
        ...withDisk({ children: [{ ...child, mountpoints }] }),
        directories: { ...blank().directories, '/sys/class/block/nvme1n1': ['holders', 'nvme1n1p1'] },
      })
    expect(await change(parted([null]), { consentedFindings })).toBe(undefined)
    expect(await change(parted(['/data']), { consentedFindings })).toMatch(/has partitions: nvme1n1p1, mounted on/)
    expect(await change(parted([null]))).toMatch(/has partitions/)
  })

  test.each<[string, () => Script, RegExp]>([
    [
      'is something else by now',
      () => lost(given, { digests: { [device]: 'other' } }),
      /is no longer what ada consented/,
    ],
    ['has a consent to something else', () => lost(printConsent(consent)), /nobody consents to that by now/],
    ['has no consent any more', () => lost(undefined), /nobody consents to that by now/],
    [
      'has a consent for another volume',
      () => lost(printConsent({ ...consent, volumeId: 'vol-other', findings: consentedFindings })),
      /nobody consents to that by now/,
    ],
    ['is held', () => lost(given, { claimed: { [device]: true } }), /for itself by now/],
    ['is mounted', () => lost(given, withDisk({ mountpoints: ['/data'] })), /is used, mounted on \/data/],
    ['has another size for EC2', () => lost(given, said({ sizeBytes: 1 })), /but EC2 says 1$/],
  ])('is noticed that the disk %s', async (_change, script, words) => {
    expect(await change(script(), { consentedFindings })).toMatch(words)
  })

  test('a volume from a snapshot may be lost, too', async () => {
    expect(await change(lost(given, said({ snapshotId: 'snap-1' })), { consentedFindings })).toBe(undefined)
  })
})

describe('a format that is stopped before the disk is proved', () => {
  const hanging = Promise.withResolvers<undefined>()

  /** Stopped by the read that is replaced here. */
  async function stopped(readsThat: (stop: () => void) => Partial<ProofReads>) {
    const controller = new AbortController()
    const host = fakeHost(blank())
    const reads = {
      ...host,
      firstNonZero: onlyInEdges(host),
      ...readsThat(() => controller.abort(new Error('stopped'))),
    }
    return await formatDisk(format(), controller.signal, reads).catch(String)
  }

  test.each<[string, (stop: () => void) => Partial<ProofReads>]>([
    [
      'while a read of the disk hangs',
      (stop) => ({
        firstNonZero: async () => {
          setImmediate(stop)
          return await hanging.promise
        },
      }),
    ],
    [
      'by the last thing that is looked at',
      (stop) => ({
        deviceWriter: async () => {
          stop()
          return undefined
        },
      }),
    ],
  ])('%s ends at once, and has written nothing', async (_when, reads) => {
    expect(await stopped(reads)).toBe('Error: stopped')
    // Nor when the read ends after all.
    hanging.resolve(undefined)
    await setTimeout(200)
    expect((await readFile(device)).equals(Buffer.alloc(sizeBytes))).toBe(true)
    expect(await read(intentPath(volumeId))).toBe(undefined)
  })
})
