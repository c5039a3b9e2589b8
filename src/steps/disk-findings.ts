import { messageOf } from '../engine/errors.ts'
import type { Host } from '../engine/host.ts'
import { blankPlaces } from './blank-places.ts'
import type { Wanted } from './disk-identity.ts'
import type { Disk } from './disk-survey.ts'

/** What a person consents to lose, by its hash; or why it cannot be known what that would be. */
export type Findings =
  | { readonly is: 'hash'; readonly hash: string }
  | { readonly is: 'unknown'; readonly because: string }

/** A disk that is read so slowly, cold storage say, is refused without an offer. */
const readingMs = 60_000

/**
 * Of the volume, its size, the bytes in all places that would have to be zero were it blank, and how much was written to
 * it since which boot, and since which of its appearances in it (Linux 5.15 on): the counter begins anew with each. The
 * bytes are samples: by the counter no later write goes unseen, wherever it went, by way of whatever was made on the
 * disk. So a hash holds until the next boot, or until the volume was away. Short enough to be copied by hand, 64 bits.
 */
export async function findingsOf(
  { volumeId }: Pick<Wanted, 'volumeId'>,
  { name, path, sizeBytes }: Disk,
  host: Pick<Host, 'digest' | 'read'>,
  signal: AbortSignal,
): Promise<Findings> {
  try {
    const inTime = AbortSignal.any([signal, AbortSignal.timeout(readingMs)])
    const [boot, sequence, written] = await Promise.all([
      host.read('/proc/sys/kernel/random/boot_id'),
      host.read(`/sys/class/block/${name}/diskseq`),
      sectorsWritten(name, host),
    ])
    const head = [volumeId, sizeBytes, boot?.trim(), sequence?.trim(), written].join(' ')
    const hash = await host.digest(head, path, blankPlaces(sizeBytes), inTime)
    return { is: 'hash', hash: hash.slice(0, 16) }
  } catch (error) {
    signal.throwIfAborted()
    return { is: 'unknown', because: messageOf(error) }
  }
}

/** Source: Documentation/admin-guide/iostats.rst, field 7; what is written to a partition counts for its disk, too. */
async function sectorsWritten(name: string, host: Pick<Host, 'read'>): Promise<string> {
  const path = `/sys/class/block/${name}/stat`
  const written = (await host.read(path))?.trim().split(/\s+/).at(6)
  if (written === undefined) throw new Error(`${path} does not tell how much was written`)
  return written
}
