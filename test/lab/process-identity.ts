import { readFileSync } from 'node:fs'

/** A process, named so that a later one with the same number is not taken for it. */
export interface ProcessIdentity {
  readonly pid: number
  /** Start time in clock ticks since boot: field 22 of /proc/PID/stat. */
  readonly startTicks: string
}

export function identify(pid: number): ProcessIdentity | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The command's name, in parentheses, may hold spaces: fields are counted from its end. Field 3 comes first.
    const startTicks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
    return startTicks === undefined ? undefined : { pid, startTicks }
  } catch {
    return undefined // no such process
  }
}

export function isAlive(process: ProcessIdentity): boolean {
  return identify(process.pid)?.startTicks === process.startTicks
}
