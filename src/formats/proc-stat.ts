/** When this boot began, in whole seconds since the epoch; undefined where /proc/stat does not say. */
export function parseBootTime(procStat: string): number | undefined {
  const [, seconds] = /^btime (\d+)$/m.exec(procStat) ?? []
  return seconds === undefined ? undefined : Number(seconds)
}
