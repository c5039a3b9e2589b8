import { randomBytes } from 'node:crypto'
import { open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface OutputFile extends AsyncDisposable {
  readonly fd: number
  /** The end of what was written so far, and no more of it than `mostBytes`. */
  text(mostBytes: number): Promise<string>
}

/** A file for what a child prints. It has no name, so nothing is left of it when its last holder ends. */
export async function openOutputFile(): Promise<OutputFile> {
  const path = join(tmpdir(), `.${randomBytes(6).toString('hex')}.slurm-node-agent`)
  const handle = await open(path, 'wx+', 0o600)
  await rm(path)
  return {
    fd: handle.fd,
    async text(mostBytes) {
      const { size } = await handle.stat()
      const length = Math.min(size, mostBytes)
      // By position: the child has moved the offset that it shares with us to the end.
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, size - length)
      return buffer.toString('utf8', 0, bytesRead)
    },
    [Symbol.asyncDispose]: () => handle.close(),
  }
}
