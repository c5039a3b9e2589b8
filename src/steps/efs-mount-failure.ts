import type { Obstacle } from '../engine/action.ts'
import type { Client } from './efs-client.ts'
import type { Unit } from './efs-units.ts'

/**
 * How mount.nfs puts it that the server lets it have nothing: EACCES, ENOENT and EPERM. Its words are the last ones;
 * AWS's helper quotes them as Python prints bytes. Source: nfs-utils, utils/mount/error.c.
 */
const notExported =
  /(?:access denied by server while mounting [^;]*|reason given by server:.*No such file or directory\W*|: Operation not permitted\W*)$/

/** What the last try to mount has met with, where that is more than an error. */
export function mountFailure(
  client: Client,
  { active, result }: Unit,
  words: string | undefined,
): Obstacle | undefined {
  if (active !== 'failed' || words === undefined) return undefined
  // What systemd calls it when the program that mounts has succeeded, and nothing is mounted.
  if (result === 'protocol' && client === 'efs-utils') {
    const what = 'mount.efs ends with exit code 0, but has mounted nothing'
    return { code: 'EFS_HELPER_DID_NOT_MOUNT', for: `${what}; it said: ${words || 'nothing'}` }
  }
  if (result === 'exit-code' && notExported.test(words)) {
    const what = 'the mount target answers, but its NFS server lets nothing be mounted'
    return { code: 'EFS_NOT_EXPORTED', for: `${what}; the last try said: ${words}` }
  }
  return undefined
}
