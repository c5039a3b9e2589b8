import type { Executed } from '../engine/host.ts'

/** The superblock of an ext file system, or a backup of it. */
export type Superblock =
  | { readonly is: 'readable'; readonly uuid: string; readonly label: string | undefined; readonly hasErrors: boolean }
  /** `uuid`: as far as it was there to be printed. */
  | { readonly is: 'unreadable'; readonly uuid: string | undefined; readonly because: string }

/**
 * dumpe2fs ends with the low byte of libext2fs's error code (lib/ext2fs/ext2_err.et). These say something of the
 * superblock; any other, that the device could not be read.
 */
export const dumpe2fsExitCodes = [
  0,
  1, // it can be read, but not what it refers to
  19, // EXT2_ET_BAD_MAGIC
  20, // EXT2_ET_REV_TOO_HIGH
  36, // EXT2_ET_SHORT_READ: the file system is larger than the device
  60, // EXT2_ET_CORRUPT_SUPERBLOCK
  67, // EXT2_ET_UNSUPP_FEATURE
  152, // EXT2_ET_SB_CSUM_INVALID, with the header printed all the same
] as const

/** The output of `dumpe2fs -h DEVICE`. A journal to be replayed is normal and no error; the error flag is one. */
export function parseDumpe2fs({ exitCode, stdout, stderr }: Executed): Superblock {
  const uuid = /^Filesystem UUID: +(\S+)$/m.exec(stdout)?.[1]
  const state = /^Filesystem state: +(.+)$/m.exec(stdout)?.[1]
  if (exitCode === 0 && uuid !== undefined && state !== undefined) {
    const label = /^Filesystem volume name: +(.+)$/m.exec(stdout)?.[1]
    return {
      is: 'readable',
      uuid,
      label: label === '<none>' ? undefined : label,
      hasErrors: state.includes('with errors'),
    }
  }
  const trouble = /^dumpe2fs: (.+?)(?: while trying to open .*)?$/m.exec(stderr)?.[1]
  return { is: 'unreadable', uuid, because: trouble ?? `dumpe2fs ended with ${exitCode}` }
}
