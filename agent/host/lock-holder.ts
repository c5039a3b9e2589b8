import { readFile, stat } from 'node:fs/promises'
import { deviceNumber } from './device-number.ts'
import { absentAs } from './replace-file.ts'

/** Who holds a POSIX lock on the file (proc_locks(5)): apt and dpkg lock so, and say nobody's name when they wait. */
export async function lockHolder(path: string): Promise<string | undefined> {
  const file = await stat(path, { bigint: true }).catch(absentAs(undefined))
  if (file === undefined) return undefined
  const locks = await readFile('/proc/locks', 'utf8')
  const name = `${deviceName(file.dev)}:${file.ino}`
  const pid = locks
    .split('\n')
    .map(parseLine)
    .find((lock) => lock?.file === name)?.pid
  if (pid === undefined) return undefined
  const program = await readFile(`/proc/${pid}/comm`, 'utf8').catch(absentAs('process'))
  return `${program.trim()} (pid ${pid})`
}

/** `1: POSIX  ADVISORY  WRITE 1234 fd:01:5678 0 EOF`; a `->` after the number marks one that waits for the lock. */
function parseLine(line: string): { file: string | undefined; pid: string } | undefined {
  const [, kind, , , pid, file] = line.trim().split(/\s+/)
  return kind === 'POSIX' && pid !== undefined ? { file, pid } : undefined
}

/** `fd:01`: an inode's number is another file's on another file system. */
function deviceName(device: bigint): string {
  const { major, minor } = deviceNumber(device)
  return [major, minor].map((number) => number.toString(16).padStart(2, '0')).join(':')
}
