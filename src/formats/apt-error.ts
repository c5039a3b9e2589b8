/** Why apt failed: somebody else holds a lock, the network or the mirror, or the packages themselves. */
export type AptFailure = 'lock' | 'network' | 'package'

const lock =
  /Could not get lock|Unable to lock|Unable to acquire the dpkg frontend lock|lock was locked by another process/
const network =
  /Failed to fetch|Unable to fetch|Temporary failure|Could not (resolve|connect)|[Cc]onnection (failed|timed out|reset)/
/** The mirror answers, but has no such file: asking again does not help. */
const notOnMirror = /Failed to fetch \S+\s+(404\s|File not found)/

export function kindOfAptFailure(error: string): AptFailure {
  if (lock.test(error)) return 'lock'
  const fetches = error.split('\n').filter((line) => line.includes('Failed to fetch'))
  if (fetches.length > 0 && fetches.every((line) => notOnMirror.test(line))) return 'package'
  return network.test(error) ? 'network' : 'package'
}

/** Why in dpkg's own words, else in apt's; without the command that failed and without advice. */
export function aptReason(error: string): string {
  const lines = error.split('\n')
  const ofDpkg = lines.flatMap((line, index) => {
    const [, what] = /dpkg: error processing (?:package|archive) (\S+)/.exec(line) ?? []
    return what === undefined ? [] : `${what}: ${(lines[index + 1] ?? '').trim()}`
  })
  const ofApt = lines.flatMap((line) => /\bE: (.*)/.exec(line)?.[1] ?? [])
  // All that apt says of dpkg's failures is that there was one.
  const reasons = ofDpkg.length > 0 ? ofDpkg : ofApt
  return reasons.length === 0 ? error : [...new Set(reasons)].join('; ')
}
