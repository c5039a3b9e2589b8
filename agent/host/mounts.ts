import { access, constants, statfs } from 'node:fs/promises'
import { constants as system } from 'node:os'
import { type Clock, orAborted, withDeadline } from '../../src/engine/clock.ts'
import { messageOf } from '../../src/engine/errors.ts'
import type { Host, MountedAt, MountReply } from '../../src/engine/host.ts'
import { clock } from './clock.ts'

/** statfs(2), NFS_SUPER_MAGIC. */
const nfs = 0x6969
const answerMs = 10_000

interface Calls {
  readonly statfs: (path: string) => Promise<{ readonly type: number }>
  readonly access: (path: string, mode: number) => Promise<void>
}

/**
 * A call on a dead mount does not come back, and keeps a thread of ours until the server does, or we end, or the mount is
 * taken down by force (umount --force --lazy; without force, it is busy with us). So each is made once at a time: who asks
 * meanwhile waits for the same answer.
 */
export function askingMounts(calls: Calls, time: Clock): Pick<Host, 'serverOf' | 'mayWrite'> {
  const unanswered = new Map<string, Promise<MountReply>>()
  return {
    serverOf: (mount, signal) =>
      answer('serverOf', mount, signal, async (path) =>
        (await calls.statfs(path)).type === nfs ? 'done' : 'unmounted',
      ),
    mayWrite: (mount, signal) =>
      answer('mayWrite', mount, signal, async (path) => {
        await calls.access(path, constants.W_OK)
        return 'done'
      }),
  }

  async function answer(
    question: string,
    { target, device }: MountedAt,
    signal: AbortSignal,
    call: (path: string) => Promise<'done' | 'unmounted'>,
  ): Promise<MountReply> {
    const key = `${question} ${device} ${target}`
    const asked = unanswered.get(key) ?? reply(call(target)).finally(() => unanswered.delete(key))
    unanswered.set(key, asked)
    using limit = withDeadline(time, answerMs, signal)
    return await orAborted(asked, limit.signal).catch(() => {
      signal.throwIfAborted()
      return { is: 'silent', afterMs: answerMs }
    })
  }
}

async function reply(call: Promise<'done' | 'unmounted'>): Promise<MountReply> {
  try {
    return { is: await call }
  } catch (error) {
    return isStale(error) ? { is: 'stale' } : { is: 'error', because: messageOf(error) }
  }
}

/** By its number: Node has no name for it. */
function isStale(error: unknown): boolean {
  return error instanceof Error && 'errno' in error && error.errno === -system.errno.ESTALE
}

export const { serverOf, mayWrite } = askingMounts({ statfs, access }, clock)
