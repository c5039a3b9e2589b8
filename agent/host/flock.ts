import type { FileHandle } from 'node:fs/promises'
import { exec } from './exec.ts'

/** flock(1) says so of a lock that another process holds; its other failures have other codes. */
const conflict = 9

/**
 * Locks an open file, by util-linux's flock, as Node has no flock(2). The lock belongs to the open file description,
 * not to the flock process: it is ours after that has ended, goes along to children that inherit the file, and ends
 * with the last of them.
 */
export async function flock(handle: FileHandle, options: readonly string[], signal: AbortSignal): Promise<boolean> {
  const argv = ['flock', ...options, '--conflict-exit-code', String(conflict), '3'] as const
  const { exitCode } = await exec(argv, { signal, ok: [0, conflict], inherit: handle.fd })
  return exitCode === 0
}
