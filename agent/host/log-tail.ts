import { constants, open } from 'node:fs/promises'
import { absentAs } from './replace-file.ts'

/** More than the lines of a log that somebody reads. */
const mostBytes = 2 * 1024 * 1024

/**
 * The last lines of a regular file, of its last 2 MiB; empty where there is none. The directory of a daemon's log is the
 * daemon's: a link there could lead root to any file of the machine, and a pipe would keep it for ever.
 */
export async function logTail(path: string, lines: number): Promise<string> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    absentAs(undefined),
  )
  if (handle === undefined) return ''
  await using log = handle
  const stats = await log.stat()
  if (!stats.isFile()) throw new Error(`${path} is no regular file`)
  const start = Math.max(0, stats.size - mostBytes)
  const { buffer, bytesRead } = await log.read(Buffer.alloc(stats.size - start), 0, stats.size - start, start)
  const text = buffer.toString('utf8', 0, bytesRead)
  return text
    .split(/(?<=\n)/)
    .slice(-lines)
    .join('')
}
