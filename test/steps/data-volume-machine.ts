import type { Host } from '../../src/engine/host.ts'
import { lsblkArgv } from '../../src/formats/lsblk.ts'
import { dataVolume } from '../../src/steps/data-volume.ts'
import { fakeHost, type Script, signal } from '../fake-host.ts'
import { configuration } from './configuration.ts'
import { dumpe2fsHeader } from './dumpe2fs-header.ts'

/** A machine with a root disk, an instance store and the data volume, for the looks of the step. */
export const volumeId = 'vol-0123456789abcdef0'
export const uuid = '3b9e2b2a-0c4f-4f4e-9d5b-5d1c7d9f6a01'
export const instanceId = 'i-0123456789abcdef0'
export const config = configuration({ dataVolume: { volumeId } })

export const intentFile = `/var/lib/slurm-node-agent/format/${volumeId}.json`
export const consentFile = `/var/lib/slurm-node-agent/consent/${volumeId}.json`
export const sizeBytes = 1024 ** 3
export const rootMount = '22 1 259:1 / / rw,relatime - ext4 /dev/nvme1n1p1 rw'
export const dataMount = '90 22 259:4 / /mnt/shared rw,relatime shared:9 - ext4 /dev/nvme2n1 rw'

export const device = (name: string, number: string, size: number, more: object = {}) => ({
  name,
  kname: name,
  path: `/dev/${name}`,
  'maj:min': number,
  type: 'disk',
  size,
  ro: false,
  uuid: null,
  mountpoints: [null],
  ...more,
})
export const root = device('nvme1n1', '259:0', 8 * sizeBytes, {
  children: [device('nvme1n1p1', '259:1', 8 * sizeBytes - 1_048_576, { type: 'part', mountpoints: ['/'] })],
})
/** Enumerated first, as the disk that must not be taken for the data volume. */
export const decoy = device('nvme0n1', '259:3', 70 * sizeBytes)
export const data = device('nvme2n1', '259:4', sizeBytes)

export const lsblk = (...blockdevices: readonly object[]) => ({
  [lsblkArgv.join(' ')]: JSON.stringify({ blockdevices }),
})
export const identity = (name: string, serial: string | undefined, model: string | undefined) => ({
  [`/sys/block/${name}/device/serial`]: serial,
  [`/sys/block/${name}/device/model`]: model,
})
export const files: NonNullable<Script['files']> = {
  '/proc/self/mountinfo': `${rootMount}\n`,
  '/proc/swaps': 'Filename Type Size Used Priority\n',
  '/etc/fstab': '',
  [intentFile]: undefined,
  [consentFile]: undefined,
  '/proc/sys/kernel/random/boot_id': 'a boot\n',
  '/sys/class/block/nvme2n1/diskseq': '9\n',
  '/sys/class/block/nvme2n1/stat': '9 0 72 3 5 0 40 2 0 4 5\n',
  '/sys/block/loop0/loop/backing_file': '/var/lib/snapd/snaps/core22_1.snap\n',
  '/sys/block/loop1/loop/backing_file': undefined,
  ...identity('nvme1n1', 'vol0aaaaaaaaaaaaaaaa\n', 'Amazon Elastic Block Store              \n'),
  ...identity('nvme0n1', 'AWS1234567890ABCDEF0\n', 'Amazon EC2 NVMe Instance Storage        \n'),
  ...identity('nvme2n1', 'vol0123456789abcdef0\n', 'Amazon Elastic Block Store              \n'),
}
/** No unit file of somebody else. */
export const unitFiles: NonNullable<Script['stats']> = Object.fromEntries(
  [
    '/etc/systemd/system.control',
    '/run/systemd/system.control',
    '/run/systemd/generator.early',
    '/etc/systemd/system',
    '/run/systemd/system',
  ].map((place) => [`${place}/mnt-shared.mount`, undefined]),
)
export const base: Script = {
  commands: lsblk(decoy, root, data),
  files,
  stats: { '/mnt/shared': undefined, ...unitFiles },
  directories: {
    '/mnt/shared': [],
    '/sys/block': ['loop0', 'loop1', 'nvme2n1'],
    '/sys/class/block/nvme2n1': ['alignment_offset', 'holders', 'queue'],
    '/sys/class/block/nvme2n1/holders': [],
  },
  free: { '/dev/nvme2n1': true },
  claimed: { '/dev/nvme2n1': false },
  writers: { '259:4': undefined },
}
export const probes = (found: {
  wipefs: string
  blkid: string | { exitCode: number }
  dumpe2fs: string | { exitCode: number; stderr?: string }
}) => ({
  'wipefs --no-act --json /dev/nvme2n1': found.wipefs,
  'blkid --probe --output export /dev/nvme2n1': found.blkid,
  'dumpe2fs -h /dev/nvme2n1': found.dumpe2fs,
})
const mountUnits = ['mnt-shared.mount', `systemd-fsck@dev-disk-by\\x2duuid-${uuid.replaceAll('-', '\\x2d')}.service`]
/** That the mount has failed, or nothing has, and what it said in this boot. */
export const mountSaid = (words: string) => ({
  [`systemctl is-failed ${mountUnits.join(' ')}`]: words === '' ? { exitCode: 1 } : 'failed\ninactive\n',
  [`journalctl --unit=mnt-shared.mount --identifier=mount --identifier=systemd-fsck --boot --lines=3 --output=cat --quiet --no-pager`]:
    words,
})
export const nothing = probes({ wipefs: '{"signatures": []}', blkid: { exitCode: 2 }, dumpe2fs: { exitCode: 19 } })
export const header = dumpe2fsHeader(uuid, sizeBytes)
export const superblock = {
  is: 'readable',
  uuid,
  label: undefined,
  hasErrors: false,
  sizeBytes,
  blockBytes: 4_096,
  unknownFeatures: [],
  isMarkedReadOnly: false,
  externalJournal: undefined,
}
export const ec2: Script = {
  metadata: { 'meta-data/instance-id': instanceId, 'meta-data/placement/availability-zone': 'us-east-1a' },
  volumes: { [volumeId]: { is: 'denied', because: 'no' } },
}

export const at = (block: number, size: number) =>
  `dumpe2fs -h -o superblock=${block} -o blocksize=${size} /dev/nvme2n1`

export async function identified(host: Host, configured = config) {
  const seen = await dataVolume.observe(configured, host, signal)
  if (seen.is === 'unidentified') throw new Error(JSON.stringify(seen.decision))
  return seen
}

export const look = async (script: Script, configured = config) =>
  (await identified(fakeHost(script), configured)).sight
