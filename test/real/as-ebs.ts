import { randomBytes } from 'node:crypto'
import * as z from 'zod/mini'
import { deviceWriter } from '../../agent/host/device-writer.ts'
import { deviceIsClaimed, deviceIsFree, digest, firstNonZero } from '../../agent/host/disk.ts'
import { exec } from '../../agent/host/exec.ts'
import { list, read, stat } from '../../agent/host/files.ts'
import type { Answer, Host, VolumeFacts } from '../../src/engine/host.ts'
import { fakeHost } from '../fake-host.ts'
import type { TestDisk } from './test-disk.ts'

/** Another one for each test file, since they run at once and intents are kept by volume; children get it told. */
export const volumeId = process.env['TEST_VOLUME_ID'] ?? `vol-${randomBytes(9).toString('hex').slice(1)}`
export const instanceId = 'i-0123456789abcdef0'

/** What the machine cannot show by itself. */
export interface Surroundings {
  /** What EC2 says of the volume, beyond that it is attached here and as large as the disk; or why it says nothing. */
  readonly ec2?: Partial<VolumeFacts> | 'denied' | 'unreachable' | 'throttled'
  readonly fstab?: string
  readonly model?: string
  /** Where udev's link for a file system of this UUID points: udev need not be here. */
  readonly byUuid?: Readonly<Record<string, string>>
}

/**
 * This machine, except that these block devices are NVMe disks with the volume's serial: that, what EC2 says, udev's
 * links and /etc/fstab are made up, all else is real.
 */
export function asEbs(
  disks: readonly (Pick<TestDisk, 'name'> & Partial<TestDisk>)[],
  { ec2 = 'denied', fstab = '', model = 'QEMU NVMe Ctrl', byUuid = {} }: Surroundings = {},
): Host {
  const names = disks.map(({ name }) => name)
  const made: Readonly<Record<string, string>> = {
    '/etc/fstab': fstab,
    ...Object.fromEntries(names.map((name) => [`/sys/block/${name}/device/serial`, `${volumeId.replace('-', '')}\n`])),
    ...Object.fromEntries(names.map((name) => [`/sys/block/${name}/device/model`, `${model}       \n`])),
  }
  const links = new Map(Object.entries(byUuid).map(([uuid, target]) => [`/dev/disk/by-uuid/${uuid}`, target]))
  return {
    ...fakeHost({ metadata: { 'meta-data/instance-id': instanceId } }),
    volume: async () => answerOfEc2(ec2, disks[0]?.sizeBytes ?? 0),
    read: async (path) => made[path] ?? (await read(path)),
    stat: async (path) => {
      const target = links.get(path)
      return target === undefined
        ? await stat(path)
        : { kind: 'symlink', mode: 0o777, owner: 'root:root', sizeBytes: 0, changedAtMs: 0, target }
    },
    exec: async (argv, options) => {
      const executed = await exec(argv, options)
      return argv[0] === 'lsblk' ? { ...executed, stdout: disksOf(executed.stdout, names) } : executed
    },
    list,
    firstNonZero,
    digest,
    deviceIsFree,
    deviceIsClaimed,
    deviceWriter,
  }
}

function answerOfEc2(ec2: NonNullable<Surroundings['ec2']>, sizeBytes: number): Answer<VolumeFacts> {
  if (typeof ec2 === 'string') return { is: ec2, because: `EC2 is ${ec2}` }
  const attachments = [{ instanceId, state: 'attached', deviceName: undefined, attachedForMs: 0 }]
  const plain = { state: 'in-use', sizeBytes, availabilityZone: 'us-east-1a', snapshotId: undefined, attachments }
  return { is: 'known', value: { ...plain, ...ec2 } }
}

const device = z.looseObject({
  kname: z.string(),
  get children() {
    return z.optional(z.array(device))
  },
})
const printed = z.object({ blockdevices: z.array(device) })

/** With these devices as whole disks, even where they are made on a loop device. */
function disksOf(stdout: string, names: readonly string[]): string {
  const { blockdevices } = printed.parse(JSON.parse(stdout))
  const ours = blockdevices.flatMap(treeOf).filter(({ kname }) => names.includes(kname))
  const others = blockdevices.filter(({ kname }) => !names.includes(kname))
  return JSON.stringify({ blockdevices: [...others, ...ours.map((disk) => ({ ...disk, type: 'disk' }))] })
}

function treeOf(root: z.infer<typeof device>): readonly z.infer<typeof device>[] {
  return [root, ...(root.children ?? []).flatMap(treeOf)]
}
