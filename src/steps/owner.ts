import type { FileStat } from '../engine/host.ts'

/** By name, or by number where the number has no name. */
export function userOf({ owner }: FileStat): string {
  return owner.split(':')[0] ?? ''
}
