import assert from 'node:assert/strict'
import { dirname } from 'node:path'
import { DOMAIN, VPC_CIDR } from '../addresses.ts'
import {
  AGENT,
  CONFIG_FILE,
  describe,
  handBack,
  readStatus,
  stepOf,
  takeOver,
  waitForConvergence,
  waitForStepCode,
} from '../agent-status.ts'
import { ROOT_VOLUME } from '../disk.ts'
import { type ExampleConfig, exampleConfig } from '../example-config.ts'
import { assertFrontend } from '../frontend-assertions.ts'
import type { Guest } from '../guest.ts'
import { timed } from '../print.ts'
import { bakedImage, type Scenario } from '../scenario.ts'
import { userDataFor } from '../user-data.ts'

type Commands = readonly (readonly [string, ...string[]])[]

interface Trouble {
  readonly code: string
  readonly step: string
  /** What a person has done before; the volume is mounted then. */
  readonly spoil: Commands
  /** What the hint says. */
  readonly mend: Commands
}

interface Fault extends Trouble {
  readonly exitCode: number
}

const FAILED = 1
const DEGRADED = 3
const FSTAB = '/etc/fstab'
const SAVED = '/root/saved'
const EXPORTS = '/etc/exports.d/other.exports'
const SETTINGS = '/etc/nfs.conf.d/zz-other.conf'
const DEVICE_LINK = '/dev/sdf'
const EXPORTFS = '/usr/sbin/exportfs'
const TUNNEL = 'slurm-node-agent-efs.service'
const SHARE_UNIT = 'mnt-work.mount'
const VOLUME_UNIT = 'mnt-shared.mount'
const NFS_SERVER = 'nfs-server.service'
const ELSEWHERE = '/srv'

/** What a person has in root's home directory to spoil something with, by its name. */
function atHand(config: ExampleConfig): Readonly<Record<string, string>> {
  const { dataVolume } = config
  const { mountPoint } = dataVolume
  const configured = (changes: object) => JSON.stringify({ ...config, ...changes })
  const clients = [...config.nfs.clients, `no-such-host.${DOMAIN}`]
  return {
    everybody: `${mountPoint} *(ro,no_subtree_check)\n`,
    'same-network': `${mountPoint} ${VPC_CIDR}(ro,no_subtree_check)\n`,
    threads: '[nfsd]\nthreads=3\n',
    'no-start': '[Service]\nExecStartPre=/bin/false\n',
    'bad-option': '[Mount]\nOptions=noatme\n',
    'never-v3': '[Service]\nExecStart=\nExecStart=/usr/sbin/rpc.nfsd --no-nfs-version 3\n',
    'root-volume': configured({ dataVolume: { ...dataVolume, volumeId: ROOT_VOLUME } }),
    'by-name': configured({ dataVolume: { ...dataVolume, volumeId: undefined } }),
    'with-v3': configured({ nfs: { ...config.nfs, v3: true } }),
    'with-helper': configured({ efs: { ...config.efs, client: 'efs-utils' } }),
    'unknown-client': configured({ nfs: { ...config.nfs, clients } }),
  }
}

/** `volume`, `other`: the device of the data volume, and that of an instance store. */
function faults(mountPoint: string, share: string, volume: string, other: string, uuid: string): readonly Fault[] {
  const unmount = toUnmount(mountPoint)
  const copy = (from: string, to: string) =>
    ['dd', `if=${from}`, `of=${to}`, 'bs=1M', 'count=1', 'conv=notrunc'] as const
  const refused = (code: string, spoil: Commands, mend: Commands, step = 'data-volume'): Fault => {
    return { code, step, exitCode: FAILED, spoil, mend }
  }
  const onDisk = (code: string, ...spoil: Commands) =>
    refused(code, [...unmount, copy(volume, SAVED), ...spoil], [copy(SAVED, volume)])
  const told = (code: string, step: string, spoil: Commands, mend: Commands): Fault => {
    return { code, step, exitCode: DEGRADED, spoil, mend }
  }
  const configure = (file: string): Commands => [
    ['cp', CONFIG_FILE, SAVED],
    ['cp', `/root/${file}`, CONFIG_FILE],
  ]
  const configureAgain: Commands = [['cp', SAVED, CONFIG_FILE]]
  const unexport = ['exportfs', '-u', `${VPC_CIDR}:${mountPoint}`] as const
  return [
    refused(
      'DATA_VOLUME_READ_ONLY',
      [['mount', '-o', 'remount,ro', mountPoint]],
      [['mount', '-o', 'remount,rw', mountPoint]],
    ),
    refused(
      'DATA_VOLUME_OTHER_MOUNT',
      [...unmount, ['mount', '-t', 'tmpfs', 'tmpfs', mountPoint]],
      [['umount', mountPoint]],
    ),
    refused(
      'MOUNT_POINT_NOT_DIRECTORY',
      [...unmount, ['rmdir', mountPoint], ['touch', mountPoint]],
      [['rm', mountPoint]],
    ),
    refused(
      'FSTAB_CONFLICT',
      [
        ['cp', FSTAB, SAVED],
        [
          'sed',
          '--in-place',
          `s|^UUID=.* ${mountPoint} .*|/dev/disk/by-label/other ${mountPoint} ext4 nofail 0 2|`,
          FSTAB,
        ],
      ],
      [['cp', SAVED, FSTAB]],
    ),
    refused('DISK_IN_USE', [...unmount, ['mount', volume, ELSEWHERE]], [['umount', ELSEWHERE]]),
    onDisk('DISK_SWAP', ['wipefs', '--all', volume], ['mkswap', volume]),
    onDisk('DISK_FILE_SYSTEM_DAMAGED', ['wipefs', '--all', volume]),
    told(
      'DATA_VOLUME_HAS_COPY',
      'data-volume',
      [['mkfs.ext4', '-q', '-U', uuid, other]],
      [
        ['wipefs', '--all', other],
        ['udevadm', 'settle'],
      ],
    ),
    told(
      'MOUNT_HIDES_FILES',
      'hidden-files',
      // As at a boot: it is not the agent that mounts.
      [...unmount, ['touch', `${mountPoint}/left`], ['systemctl', 'start', VOLUME_UNIT]],
      [...unmount, ['rm', `${mountPoint}/left`]],
    ),
    refused('DISK_IS_ROOT', configure('root-volume'), configureAgain),
    refused(
      'DISK_IDENTITY_DIFFERS',
      [...configure('by-name'), ['ln', '--symbolic', other, DEVICE_LINK]],
      [...configureAgain, ['rm', DEVICE_LINK]],
    ),
    refused('EFS_OTHER_MOUNT', [['mount', '-t', 'tmpfs', 'tmpfs', share]], [['umount', share]], 'efs'),
    refused(
      'EFS_HELPER_MISSING',
      [...configure('with-helper'), ['systemctl', 'stop', SHARE_UNIT]],
      configureAgain,
      'efs',
    ),
    refused(
      'NFS_VERSIONS_DIFFER',
      [...configure('with-v3'), ...dropIn(NFS_SERVER, 'never-v3')],
      [...configureAgain, ...withoutDropIn(NFS_SERVER)],
      'nfs-export',
    ),
    refused(
      'NFS_EXPORT_TAKEN',
      [['cp', '/root/same-network', EXPORTS], unexport],
      [['rm', EXPORTS], unexport],
      'nfs-export',
    ),
    told(
      'NFS_EXPORTED_BY_OTHERS',
      'nfs-export',
      [
        ['cp', '/root/everybody', EXPORTS],
        ['exportfs', '-ra'],
      ],
      [
        ['rm', EXPORTS],
        ['exportfs', '-ra'],
      ],
    ),
    told('NFS_SETTING_OVERRIDDEN', 'nfs-export', [['cp', '/root/threads', SETTINGS]], [['rm', SETTINGS]]),
    told('NFS_CLIENT_UNRESOLVED', 'nfs-export', configure('unknown-client'), configureAgain),
  ]
}

/** What is waited for until a person has mended it. */
function waits(mountPoint: string, volume: string): readonly Trouble[] {
  const writeToVolume = ['systemd-run', '--unit=lab-writer', `--property=StandardOutput=file:${volume}`] as const
  return [
    {
      code: 'DEVICE_BUSY',
      step: 'data-volume',
      spoil: [...toUnmount(mountPoint), [...writeToVolume, 'sleep', 'infinity']],
      mend: [['systemctl', 'stop', 'lab-writer']],
    },
    {
      code: 'DATA_VOLUME_MOUNT_FAILED',
      step: 'data-volume',
      spoil: [...toUnmount(mountPoint), ...dropIn(VOLUME_UNIT, 'bad-option')],
      mend: withoutDropIn(VOLUME_UNIT),
    },
    {
      code: 'NFS_NOT_EXPORTED',
      step: 'nfs-export',
      spoil: [['mount', '--bind', '/bin/true', EXPORTFS]],
      mend: [['umount', '--lazy', EXPORTFS]], // it may be running
    },
    {
      code: 'EFS_TUNNEL_DOWN',
      step: 'efs',
      spoil: [['systemctl', 'stop', SHARE_UNIT, TUNNEL], ...dropIn(TUNNEL, 'no-start')],
      mend: withoutDropIn(TUNNEL),
    },
  ]
}

/** Another's settings of a unit. */
function dropIn(unit: string, file: string): Commands {
  const path = dropInOf(unit)
  return [
    ['mkdir', '--parents', dirname(path)],
    ['cp', `/root/${file}`, path],
    ['systemctl', 'daemon-reload'],
  ]
}

function withoutDropIn(unit: string): Commands {
  return [
    ['rm', dropInOf(unit)],
    ['systemctl', 'daemon-reload'],
  ]
}

function dropInOf(unit: string): string {
  return `/etc/systemd/system/${unit}.d/other.conf`
}

function toUnmount(mountPoint: string): Commands {
  return [
    ['systemctl', 'stop', NFS_SERVER],
    ['umount', mountPoint],
  ]
}

export const refusals: Scenario = {
  name: 'refusals',
  title:
    'what people do to a front end that runs, each thing refused, told or waited for by its code, and mended as the hint says',
  ci: { leftOut: 'it takes 11 minutes; the unit tests have each code, the matrix each state of a disk' },
  images: ['baked'],
  async run({ lab }) {
    const { signal } = lab
    const config = exampleConfig()
    const { mountPoint } = config.dataVolume
    await lab.efs.open()
    const { guest, root } = await lab.launch(bakedImage(lab), await userDataFor(lab, config))
    await lab.attachDataVolume(guest)
    await timed('the instance boots', () => guest.boot([lab.instanceStore, root, lab.dataVolume]))
    await timed('the run ends', () => waitForConvergence(guest, { deadlineMs: 600_000, signal }))
    await takeOver(guest, signal)
    await guest.writeFile(`${mountPoint}/kept`, 'of somebody\n')
    for (const [name, content] of Object.entries(atHand(config))) await guest.writeFile(`/root/${name}`, content)
    const [volume, uuid] = [await findmnt(guest, 'SOURCE', mountPoint), await findmnt(guest, 'UUID', mountPoint)]
    const other = await deviceOf(guest, lab.instanceStore.serial)
    for (const fault of faults(mountPoint, config.efs.mountPoint, volume, other, uuid)) {
      await timed(fault.code, () => assertTold(guest, fault))
      assert.equal(await guest.readFile(`${mountPoint}/kept`), 'of somebody', 'no data is touched')
    }
    for (const trouble of waits(mountPoint, volume)) {
      await timed(trouble.code, () => assertAwaited(guest, trouble, signal))
      assert.equal(await guest.readFile(`${mountPoint}/kept`), 'of somebody', 'no data is touched')
    }
    await handBack(guest)
    await timed('all of it holds', () => assertFrontend(lab, guest, config))
  },
}

async function assertTold(guest: Guest, { code, step, exitCode, spoil, mend }: Fault): Promise<void> {
  for (const argv of spoil) await guest.run(argv, { deadlineMs: 120_000 })
  await guest.run([AGENT, 'apply'], { ok: [exitCode], deadlineMs: 300_000 })
  const status = await readStatus(guest)
  assert.ok(status !== undefined, 'there was a run')
  assert.ok(JSON.stringify(stepOf(status, step)).includes(`"code":"${code}"`), describe(status))
  for (const argv of mend) await guest.run(argv)
  await guest.run([AGENT, 'apply'], { deadlineMs: 300_000 })
}

/** The run ends well once it is mended. */
async function assertAwaited(guest: Guest, { code, step, spoil, mend }: Trouble, signal: AbortSignal): Promise<void> {
  const before = await readStatus(guest)
  assert.ok(before !== undefined, 'there was a run')
  for (const argv of spoil) await guest.run(argv)
  await guest.run(['systemd-run', '--collect', AGENT, 'apply'])
  const wait = { deadlineMs: 240_000, signal, after: before.runId }
  await waitForStepCode(guest, step, code, wait)
  for (const argv of mend) await guest.run(argv)
  await waitForConvergence(guest, wait)
}

async function findmnt(guest: Guest, column: string, mountPoint: string): Promise<string> {
  return (await guest.run(['findmnt', '--noheadings', '--output', column, '--mountpoint', mountPoint])).stdout.trim()
}

async function deviceOf(guest: Guest, serial: string): Promise<string> {
  const { stdout } = await guest.run(['lsblk', '--nodeps', '--noheadings', '--paths', '--output', 'NAME,SERIAL'])
  const device = stdout
    .split('\n')
    .find((line) => line.trimEnd().endsWith(serial))
    ?.split(' ', 1)[0]
  if (device === undefined) throw new Error(`no disk has the serial ${serial}: ${stdout}`)
  return device
}
