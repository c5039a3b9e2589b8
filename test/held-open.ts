import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { open } from 'node:fs/promises'

/** A process that has the file open until it is ended, as a dd that has not come to its end. */
export async function heldOpen(path: string, flags: string) {
  await using handle = await open(path, flags)
  const child = spawn('sleep', ['infinity'], { stdio: ['ignore', handle.fd, 'ignore'] })
  await once(child, 'spawn')
  return {
    pid: child.pid,
    async [Symbol.asyncDispose]() {
      child.kill()
      await once(child, 'exit')
    },
  }
}
