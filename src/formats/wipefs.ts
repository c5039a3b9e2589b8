import * as z from 'zod/mini'

/** A mark that a file system, a partition table or a member of something larger leaves on a device. */
export interface Signature {
  readonly offset: string
  /** libblkid's name: ext4, gpt, LVM2_member, … */
  readonly type: string
}

const output = z.object({
  signatures: z.array(z.object({ offset: z.string(), type: z.string() })),
})

/** All signatures that `wipefs --no-act --json DEVICE` found. Unlike blkid it names every one, and fails on a device that it cannot read. */
export function parseWipefs(stdout: string): readonly Signature[] {
  return output.parse(JSON.parse(stdout)).signatures
}
