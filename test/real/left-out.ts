/**
 * For tests that cannot be run here: says so, and why. Where CI is set, it is a failure: what is green there is to have
 * been run, and `npm run matrix`, which sets it, to have seen what it writes.
 */
export function leftOut(what: string, reason: string | undefined, ci = process.env['CI']): boolean {
  if (reason === undefined) return false
  if (!['', '0', 'false'].includes(ci ?? '')) throw new Error(`${what}, though CI is set: ${reason}`)
  process.stderr.write(`${what}: ${reason}\n`)
  return true
}
