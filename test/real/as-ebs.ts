import { randomBytes } from 'node:crypto'
import * as z from 'zod/mini'
import { deviceIsFree, firstNonZero } from '../../agent/host/disk.ts'
import { exec } from '../../agent/host/exec.ts'
import { list, read, stat } from '../../agent/host/files.ts'
import type { Host, VolumeFacts } from '../../src/engine/host.ts'
import { fakeHost } from '../fake-host.ts'
import type { LoopDisk } from './loop-disk.ts'

/** Another one for each test file, since they run at once and intents are kept by volume; children get it told. */
export const volumeId = process.env['TEST_VOLUME_ID'] ?? `vol-${randomBytes(9).toString('hex').slice(1)}`
export const instanceId = 'i-0123456789abcdef0'

const printed = z.looseObject({ blockdevices: z.array(z.looseObject({ kname: z.string() })) })

/**
 * This machine, except that these loop devices are NVMe disks with the volume's serial: that, what EC2 says and what
 * is in /etc/fstab are made up, all else is real.
 */
export function asEbs(disks: readonly Pick<LoopDisk, 'name'>[], facts: Partial<VolumeFacts> = {}, fstab = ''): Host {
  const names = disks.map(({ name }) => name)
  const volume: VolumeFacts = {
    state: 'in-use',
    sizeBytes: 0,
    availabilityZone: 'us-east-1a',
    snapshotId: undefined,
    attachments: [{ instanceId, state: 'attached', deviceName: undefined, attachedForMs: 0 }],
    ...facts,
  }
  const made: Readonly<Record<string, string>> = {
    '/etc/fstab': fstab,
    ...Object.fromEntries(names.map((name) => [`/sys/block/${name}/device/serial`, `${volumeId.replace('-', '')}\n`])),
    ...Object.fromEntries(names.map((name) => [`/sys/block/${name}/device/model`, 'QEMU NVMe Ctrl       \n'])),
  }
  return {
    ...fakeHost({
      metadata: { 'meta-data/instance-id': instanceId },
      volumes: {
        [volumeId]:
          facts.sizeBytes === undefined ? { is: 'denied', because: 'not allowed' } : { is: 'known', value: volume },
      },
    }),
    read: async (path) => made[path] ?? (await read(path)),
    exec: async (argv, options) => {
      const executed = await exec(argv, options)
      return argv[0] === 'lsblk' ? { ...executed, stdout: disksOf(executed.stdout, names) } : executed
    },
    stat,
    list,
    firstNonZero,
    deviceIsFree,
  }
}

function disksOf(stdout: string, names: readonly string[]): string {
  const { blockdevices } = printed.parse(JSON.parse(stdout))
  const shown = blockdevices.map((device) => (names.includes(device.kname) ? { ...device, type: 'disk' } : device))
  return JSON.stringify({ blockdevices: shown })
}
