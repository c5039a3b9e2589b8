import type { FrontendConfig } from '../../../src/config/frontend-schema.ts'
import type { Surroundings } from '../as-ebs.ts'
import type { InShort } from '../data-volume-run.ts'
import type { KernelPart } from '../kernel-parts.ts'
import type { TestDisk } from '../test-disk.ts'
import type { Making } from './making.ts'

/** One state that a data volume can be in, what is to be decided of it, and so what it is afterwards. */
export interface DiskState {
  /** What the disk is. */
  readonly before: string
  /** The state that this is a variant of: both have one cause, and count once. */
  readonly variantOf?: string
  readonly sizeMiB?: number
  /** Options of losetup. */
  readonly losetup?: readonly string[]
  /** Makes another device than a loop device. */
  readonly device?: (sizeMiB: number) => Promise<TestDisk>
  /** Where the kernel has it not, the state is made in a guest. */
  readonly needs?: KernelPart
  /** Brings the blank disk into the state. */
  readonly prepare?: Making
  readonly config?: Partial<FrontendConfig['dataVolume']>
  readonly surroundings?: Surroundings
  /** The surroundings in words. */
  readonly given?: string
  readonly expected: Expected
}

/** A look that fails is made again until the deadline, and ends with that code. */
export type Expected = Exclude<InShort, 'converged'> | 'OBSERVATION_FAILED'

export interface StateGroup {
  readonly title: string
  readonly states: readonly DiskState[]
}

/** What is true of the disk when all is over. */
export function afterwards(expected: Expected): string {
  switch (expected) {
    case 'format':
      return 'one new file system, whole, which a second run mounts'
    case 'mount':
      return 'the same bytes, and the kernel mounts it'
    default:
      return 'the same bytes'
  }
}

/** What is given beside the disk. */
export function givenWith({ config = {}, given }: DiskState): string {
  return [...Object.entries(config).map(([key, value]) => `dataVolume.${key}: ${value}`), given ?? []].flat().join('; ')
}

/** Tells the state from all others. */
export function titleOf(state: DiskState): string {
  const beside = givenWith(state)
  return beside === '' ? state.before : `${state.before} (${beside})`
}
