import { blank } from './blank.ts'
import type { StateGroup } from './disk-state.ts'
import { wholeExt4 } from './ext4.ts'
import { otherFileSystems } from './file-systems.ts'
import { halfMadeDisks } from './half-made.ts'
import { inUse } from './in-use.ts'
import { mappedDisks } from './mapped.ts'
import { members } from './members.ts'
import { partitionTables } from './partition-tables.ts'
import { knownPartitions } from './partitions.ts'
import { rawData } from './raw-data.ts'
import { surroundings } from './surroundings.ts'
import { unsoundExt4 } from './unsound-ext4.ts'
import { xfsDisks } from './xfs.ts'

/** The matrix. */
export const groups: readonly StateGroup[] = [
  blank,
  halfMadeDisks,
  wholeExt4,
  unsoundExt4,
  xfsDisks,
  otherFileSystems,
  members,
  partitionTables,
  knownPartitions,
  rawData,
  inUse,
  surroundings,
  mappedDisks,
]
