import { readFile } from 'node:fs/promises'
import { absentAs } from './replace-file.ts'

/** Names one living process for ever: its number may go to another, with this boot and its start time it may not. */
export async function processIdentity(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(absentAs(undefined))
  if (stat === undefined) return undefined
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8')
  // The second field is the program's name in brackets, and may hold blanks and brackets; the start time is the 22nd.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state, startTicks] = [fields[0], fields[19]]
  // Z: it is dead, and its parent has not asked how it ended (proc_pid_stat(5)); X: in between.
  if (state === 'Z' || state === 'X' || startTicks === undefined) return undefined
  return `${boot.trim()} ${pid} ${startTicks}`
}
