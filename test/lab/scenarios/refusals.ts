import assert from 'node:assert/strict'
import {
  AGENT,
  describe,
  handBack,
  readStatus,
  stepOf,
  takeOver,
  waitForConvergence,
  waitForStepCode,
} from '../agent-status.ts'
import { exampleConfig } from '../example-config.ts'
import { assertFrontend } from '../frontend-assertions.ts'
import type { Guest } from '../guest.ts'
import { timed } from '../print.ts'
import { bakedImage, type Scenario } from '../scenario.ts'
import { userDataFor } from '../user-data.ts'

type Commands = readonly (readonly [string, ...string[]])[]

interface Fault {
  readonly code: string
  readonly step: string
  readonly exitCode: number
  /** What a person has done before; the volume is mounted then. */
  readonly spoil: Commands
  /** What the hint says. */
  readonly mend: Commands
}

const FAILED = 1
const DEGRADED = 3
const FSTAB = '/etc/fstab'
const SAVED = '/root/saved'
const EXPORTS = '/etc/exports.d/other.exports'
const SETTINGS = '/etc/nfs.conf.d/zz-other.conf'

/** `volume`, `other`: the device of the data volume, and that of an instance store. */
function faults(mountPoint: string, share: string, volume: string, other: string, uuid: string): readonly Fault[] {
  const unmount = toUnmount(mountPoint)
  const copy = (from: string, to: string) =>
    ['dd', `if=${from}`, `of=${to}`, 'bs=1M', 'count=1', 'conv=notrunc'] as const
  const refused = (code: string, spoil: Commands, mend: Commands): Fault => {
    return { code, step: 'data-volume', exitCode: FAILED, spoil, mend }
  }
  const onDisk = (code: string, ...spoil: Commands) =>
    refused(code, [...unmount, copy(volume, SAVED), ...spoil], [copy(SAVED, volume)])
  const told = (code: string, step: string, spoil: Commands, mend: Commands): Fault => {
    return { code, step, exitCode: DEGRADED, spoil, mend }
  }
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
    {
      code: 'EFS_OTHER_MOUNT',
      step: 'efs',
      exitCode: FAILED,
      spoil: [['mount', '-t', 'tmpfs', 'tmpfs', share]],
      mend: [['umount', share]],
    },
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
  ]
}

function toUnmount(mountPoint: string): Commands {
  return [
    ['systemctl', 'stop', 'nfs-server.service'],
    ['umount', mountPoint],
  ]
}

export const refusals: Scenario = {
  name: 'refusals',
  title: 'what people do to a front end that runs, each thing refused or told by its code, and mended as the hint says',
  ci: { leftOut: 'it takes 6 minutes; the unit tests have each code, the matrix each state of a disk' },
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
    await guest.writeFile('/root/everybody', `${mountPoint} *(ro,no_subtree_check)\n`)
    await guest.writeFile('/root/threads', '[nfsd]\nthreads=3\n')
    const shown = (column: string) => findmnt(guest, column, mountPoint)
    const other = await deviceOf(guest, lab.instanceStore.serial)
    for (const fault of faults(mountPoint, config.efs.mountPoint, await shown('SOURCE'), other, await shown('UUID'))) {
      await timed(fault.code, () => assertTold(guest, fault))
      assert.equal(await guest.readFile(`${mountPoint}/kept`), 'of somebody', 'no data is touched')
    }
    await timed('DEVICE_BUSY', async () => assertAwaited(guest, mountPoint, await shown('SOURCE'), signal))
    assert.equal(await guest.readFile(`${mountPoint}/kept`), 'of somebody')
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

/** What writes to the volume itself is waited for; the run ends well once it does. */
async function assertAwaited(guest: Guest, mountPoint: string, volume: string, signal: AbortSignal): Promise<void> {
  const before = await readStatus(guest)
  assert.ok(before !== undefined, 'there was a run')
  for (const argv of toUnmount(mountPoint)) await guest.run(argv)
  const output = `--property=StandardOutput=file:${volume}`
  await guest.run(['systemd-run', '--unit=lab-writer', output, 'sleep', 'infinity'])
  await guest.run(['systemd-run', '--collect', '--unit=lab-apply', AGENT, 'apply'])
  const wait = { deadlineMs: 240_000, signal, after: before.runId }
  await waitForStepCode(guest, 'data-volume', 'DEVICE_BUSY', wait)
  await guest.run(['systemctl', 'stop', 'lab-writer'])
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
