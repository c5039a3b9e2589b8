import type { Executed } from '../engine/host.ts'
import type { ReadableSuperblock, Superblock } from './superblock.ts'

const badMagic = 19
const unsupportedFeature = 67

/**
 * dumpe2fs ends with the low byte of libext2fs's error code (lib/ext2fs/ext2_err.et). These say something of the
 * superblock; any other, that the device could not be read.
 */
export const dumpe2fsExitCodes = [
  0,
  1, // it can be read, but not what it refers to, such as the journal
  badMagic, // EXT2_ET_BAD_MAGIC
  20, // EXT2_ET_REV_TOO_HIGH
  34, // EXT2_ET_UNEXPECTED_BLOCK_SIZE: there is one, but not of the block size that was looked for
  36, // EXT2_ET_SHORT_READ: the file system is larger than the device
  60, // EXT2_ET_CORRUPT_SUPERBLOCK
  unsupportedFeature, // EXT2_ET_UNSUPP_FEATURE
  145, // EXT2_ET_BAD_DESC_SIZE
  152, // EXT2_ET_SB_CSUM_INVALID, with the header printed all the same
  153, // EXT2_ET_UNKNOWN_CSUM, likewise
] as const

/**
 * The output of `dumpe2fs -h DEVICE`, for an ext file system or a backup of its superblock. A journal to be replayed is
 * normal and no error; the error flag is one, and so is that of the journal, which the next mount would turn into it.
 */
export function parseDumpe2fs({ exitCode, stdout, stderr }: Executed): Superblock {
  const trouble = /^dumpe2fs: (.+?)(?: while trying to open .*)?$/m.exec(stderr)?.[1]
  if (exitCode === badMagic) return { is: 'absent' }
  if (exitCode === unsupportedFeature) return { is: 'unsupported', because: trouble ?? 'an unsupported feature' }
  return readable(exitCode, stdout) ?? unreadable(exitCode, stdout, trouble)
}

function readable(exitCode: number, stdout: string): ReadableSuperblock | undefined {
  const state = valueOf('Filesystem state', stdout)
  const blockBytes = Number(valueOf('Block size', stdout))
  const sizeBytes = Number(valueOf('Block count', stdout)) * blockBytes
  if (exitCode !== 0 || state === undefined || Number.isNaN(sizeBytes)) return undefined
  const features = valueOf('Filesystem features', stdout)?.split(' ') ?? []
  return {
    is: 'readable',
    uuid: valueOf('Filesystem UUID', stdout),
    label: valuesOf('Filesystem volume name', stdout)[0],
    hasErrors: state.includes('with errors') || valueOf('Journal errno', stdout) !== undefined,
    sizeBytes,
    blockBytes,
    // What e2fsprogs does not know is FEATURE_ with C (compat), I (incompat) or R (read-only compat) and a number.
    unknownFeatures: features.filter((feature) => /^FEATURE_[IR]/.test(feature)),
    isMarkedReadOnly: features.includes('read-only'),
    externalJournal: valueOf('Journal UUID', stdout),
  }
}

function unreadable(exitCode: number, stdout: string, trouble: string | undefined): Superblock {
  const because = trouble ?? `dumpe2fs ended with ${exitCode}`
  return { is: 'unreadable', uuid: valueOf('Filesystem UUID', stdout), because }
}

/** The last of that name: the label and the last mount point, which may hold line breaks, are printed before all else. */
function valueOf(name: string, stdout: string): string | undefined {
  return valuesOf(name, stdout).at(-1)
}

function valuesOf(name: string, stdout: string): readonly (string | undefined)[] {
  const lines = stdout.matchAll(new RegExp(`^${name}:\\s+(.+)$`, 'gm'))
  return [...lines].map(([, value]) => (value === '<none>' ? undefined : value))
}
