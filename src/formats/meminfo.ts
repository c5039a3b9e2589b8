/** MemTotal of /proc/meminfo in MiB. Source: proc_meminfo(5), whose kB are KiB. */
export function parseMemTotal(meminfo: string): number {
  const kibibytes = /^MemTotal:\s+(\d+) kB$/m.exec(meminfo)?.[1]
  if (kibibytes === undefined) throw new Error('/proc/meminfo has no MemTotal')
  return Math.floor(Number(kibibytes) / 1024)
}
