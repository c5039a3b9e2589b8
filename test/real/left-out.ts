/**
 * For tests that cannot be run here: says so, and why. With NOTHING_LEFT_OUT, as `npm run matrix` sets it, that is a
 * failure: what is then written was seen.
 */
export function leftOut(what: string, reason: string | undefined, strict = process.env['NOTHING_LEFT_OUT']): boolean {
  if (reason === undefined) return false
  if (strict === '1') throw new Error(`${what}, and nothing is to be left out: ${reason}`)
  process.stderr.write(`${what}: ${reason}\n`)
  return true
}
