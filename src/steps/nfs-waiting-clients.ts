import type { ActionOutcome, Exec } from '../engine/action.ts'
import type { Host } from '../engine/host.ts'
import { ownEntry } from '../formats/fstab.ts'
import { unansweredUuids } from '../formats/nfsd.ts'

const answer: Exec = {
  do: 'exec',
  argv: ['exportfs', '-f'],
  because: 'a client asked for the volume before it was mounted, and still waits',
}

/**
 * While the volume is not mounted, mountd leaves who asks for it without an answer, so that nobody's files go stale. The
 * kernel remembers that it has asked, and asks no more once the volume is there, until it is made to forget.
 */
export async function clientsWait(mountPoint: string, host: Host): Promise<boolean> {
  const [fstab, questions] = await Promise.all([host.read('/etc/fstab'), host.read('/proc/net/rpc/nfsd.fh/content')])
  const volume = ownEntry(fstab ?? '', mountPoint)?.source
  return unansweredUuids(questions ?? '').some((uuid) => volume === `UUID=${uuid}`)
}

/** Once in a run: mountd then answers, or never will. */
export function toAnswer(isWaitedFor: boolean, past: readonly ActionOutcome[]): readonly Exec[] {
  const isDone = past.some(({ action }) => action.do === 'exec' && action.argv.join(' ') === answer.argv.join(' '))
  return isWaitedFor && !isDone ? [answer] : []
}
