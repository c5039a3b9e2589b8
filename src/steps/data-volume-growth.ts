import type { ActionOutcome, Exec } from '../engine/action.ts'
import { type Decision, withWarnings } from '../engine/decision.ts'
import type { Identified } from './data-volume-identity.ts'
import type { Disk } from './disk-survey.ts'
import { fileSystems } from './file-systems.ts'
import type { Holds } from './soundness.ts'

/** EBS volumes grow by the GiB; a rest too small for another group, or allocation group, is always left over. */
const leastBytes = 128 * 1024 * 1024

/** On line, once a run. There is nothing that would ever make a file system smaller. */
export function toGrow(
  { fileSystem, mountPoint }: Identified,
  disk: Disk,
  { sizeBytes }: Holds,
  past: readonly ActionOutcome[],
): Exec | false {
  const argv = fileSystems[fileSystem].growArgv(disk.path, mountPoint)
  if (!isSmaller(disk, sizeBytes) || tryOf(argv, past) !== undefined) return false
  return {
    do: 'exec',
    argv,
    mayFail: true,
    whileMounted: mountPoint,
    because: `the file system has ${sizeBytes} bytes, ${disk.path} ${disk.sizeBytes}`,
  }
}

/** The decision with a word about a file system that stayed smaller than its disk: its data is there all the same. */
export function tellOfGrowth(
  decision: Decision,
  { fileSystem, mountPoint }: Identified,
  disk: Disk,
  { sizeBytes }: Holds,
  past: readonly ActionOutcome[],
): Decision {
  const tried = tryOf(fileSystems[fileSystem].growArgv(disk.path, mountPoint), past)
  if (tried === undefined || !isSmaller(disk, sizeBytes)) return decision
  const why = tried.is === 'failed' ? `: ${tried.error}` : ''
  const text = `the file system on ${mountPoint} has ${sizeBytes} of the ${disk.sizeBytes} bytes of ${disk.path}${why}`
  return withWarnings(decision, { code: 'DATA_VOLUME_NOT_GROWN', text })
}

function isSmaller(disk: Disk, sizeBytes: number): boolean {
  return disk.sizeBytes - sizeBytes >= leastBytes
}

function tryOf(argv: Exec['argv'], past: readonly ActionOutcome[]): ActionOutcome | undefined {
  return past.findLast(({ action }) => action.do === 'exec' && action.argv.join(' ') === argv.join(' '))
}
