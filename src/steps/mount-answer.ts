import type { MountReply } from '../engine/host.ts'

/**
 * Why the mount is of no use, by what a call on it came to; undefined where it is well. Where somebody unmounts in
 * between, the bare directory below answers, and well.
 */
export function mountTrouble(reply: MountReply, path: string): string | undefined {
  switch (reply.is) {
    case 'done':
      return undefined
    case 'unmounted':
      return `${path} was unmounted while it was looked at`
    case 'stale':
      return `${path} is mounted, but the server does not know it any more (stale file handle)`
    case 'silent':
      return `${path} is mounted, but has not answered for ${reply.afterMs / 1_000} s`
    case 'error':
      return `${path} is mounted, but answers with ${reply.because}`
  }
}
