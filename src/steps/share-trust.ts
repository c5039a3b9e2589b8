import type { FileStat } from '../engine/host.ts'
import { isRoots } from './munge-key-trust.ts'
import { type Refusal, refusal } from './refusal.ts'

/** What speaks against a directory of the cluster's on the share, in which machines tell each other of themselves. */
export function distrustOf(path: string, directory: FileStat | undefined): Refusal | undefined {
  if (directory === undefined) return undefined
  const isOpen = !isRoots(directory) || (directory.mode & 0o022) !== 0
  if (directory.kind === 'directory' && !isOpen) return undefined
  const owned = isRoots(directory) ? 'can be written by others than root' : `belongs to ${directory.owner}`
  return refusal(
    'SHARE_NOT_ROOTS',
    `${path} ${directory.kind === 'directory' ? owned : `is a ${directory.kind}`}: others than root could send the cluster's nodes elsewhere`,
    `look at what is there; then either move it away or make it root's: chown root:root ${path}, chmod go-w ${path}`,
  )
}
