import { unescapeOctal } from './octal-escapes.ts'

export interface Mount {
  /** `major:minor` of the mounted device. */
  readonly device: string
  /** The directory of the file system that is mounted: `/`, or another by a bind mount or a subvolume. */
  readonly root: string
  readonly target: string
  readonly type: string
  readonly source: string
  /** Of this mount and of its superblock. */
  readonly options: readonly string[]
}

/** The mounts of /proc/self/mountinfo, in mount order: of several on one target the last is the one that is seen. */
export function parseMountinfo(mountinfo: string): readonly Mount[] {
  return linesOf(mountinfo).map(parseLine)
}

/** The type of each mount by its ID, by which /proc/PID/fdinfo names it; no two of the machine have the same. */
export function mountTypes(mountinfo: string): ReadonlyMap<string, string> {
  return new Map(linesOf(mountinfo).map((line) => [line.split(' ', 1)[0] ?? '', parseLine(line).type]))
}

function linesOf(mountinfo: string): readonly string[] {
  return mountinfo.split('\n').filter((line) => line !== '')
}

/**
 * What is mounted at the target, as seen from above: where something was mounted over a directory above it later, that,
 * with a target of its own. The root file system is not always the first in the table.
 */
export function mountAt(mounts: readonly Mount[], target: string): Mount | undefined {
  const at = mounts.findLastIndex((mount) => mount.target === target)
  if (at < 0) return undefined
  const above = (mount: Mount) => mount.target !== '/' && target.startsWith(`${mount.target}/`)
  return mounts.slice(at).findLast(above) ?? mounts[at]
}

/** proc_pid_mountinfo(5): a varying number of optional fields ends with a lone hyphen. */
function parseLine(line: string): Mount {
  const fields = line.split(' ')
  const separator = fields.indexOf('-', 6)
  const [, , device, root, target, options] = fields
  const [type, source, superOptions] = fields.slice(separator + 1)
  if (
    separator < 0 ||
    device === undefined ||
    root === undefined ||
    target === undefined ||
    options === undefined ||
    type === undefined
  ) {
    throw new Error(`not a line of mountinfo: ${line}`)
  }
  return {
    device,
    root: unescapeOctal(root),
    target: unescapeOctal(target),
    type,
    source: unescapeOctal(source ?? ''),
    options: [...options.split(','), ...(superOptions ?? '').split(',')],
  }
}
