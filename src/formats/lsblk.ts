import * as z from 'zod/mini'

/** A block device with what is made on top of it: partitions, device-mapper and RAID devices. */
export interface BlockDevice {
  /** The kernel's name, as in /sys/block. */
  readonly name: string
  readonly path: string
  /** `major:minor`. */
  readonly device: string
  /** disk, part, lvm, crypt, raid1, loop, … */
  readonly type: string
  readonly sizeBytes: number
  readonly readOnly: boolean
  /** Of the file system or whatever else is directly on it, as udev has it. */
  readonly uuid: string | undefined
  /** Also `[SWAP]`. */
  readonly mountPoints: readonly string[]
  readonly children: readonly BlockDevice[]
}

/** Without the column NAME there is no tree, but a flat list. MOUNTPOINTS: util-linux 2.37 or newer. */
export const lsblkArgv = [
  'lsblk',
  '--json',
  '--bytes',
  '--output',
  'NAME,KNAME,PATH,MAJ:MIN,TYPE,SIZE,RO,UUID,MOUNTPOINTS',
] as const

const node = z.object({
  kname: z.string(),
  path: z.string(),
  'maj:min': z.string(),
  type: z.string(),
  size: z.number(),
  ro: z.boolean(),
  uuid: z.nullable(z.string()),
  /** `[null]` where there is none. */
  mountpoints: z.array(z.nullable(z.string())),
  get children() {
    return z.optional(z.array(node))
  },
})

const output = z.object({ blockdevices: z.array(node) })

/** What `lsblk` with these arguments printed: the devices that are made on no other. */
export function parseLsblk(stdout: string): readonly BlockDevice[] {
  return output.parse(JSON.parse(stdout)).blockdevices.map(deviceOf)
}

function deviceOf(read: z.infer<typeof node>): BlockDevice {
  return {
    name: read.kname,
    path: read.path,
    device: read['maj:min'],
    type: read.type,
    sizeBytes: read.size,
    readOnly: read.ro,
    uuid: read.uuid ?? undefined,
    mountPoints: read.mountpoints.filter((target) => target !== null),
    children: (read.children ?? []).map(deviceOf),
  }
}

export function isPartition({ type }: BlockDevice): boolean {
  return type === 'part'
}

/** The device and all that is made on it. */
export function treeOf(device: BlockDevice): readonly BlockDevice[] {
  return [device, ...device.children.flatMap(treeOf)]
}
