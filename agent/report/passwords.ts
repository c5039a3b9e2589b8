/** `password=` and the like, whatever stands before and behind it in one word. */
const name = /\w*(?:pass|secret|token|signature)\w*/.source
/** In JSON, and in JSON in JSON, a quotation mark has backslashes before it. */
const quotationMark = /\\*["']/.source
/** Not closed on its line, or within the value: what follows it belongs to no JSON. */
const strayMark = String.raw`${quotationMark}(?![\\,}\]\s]|$)`
const quoted = String.raw`(${quotationMark})[^\n]*?(?<!\\)\2`
const bare = String.raw`(?:[^\s"'\\]|\\+(?!["'\\])|${strayMark})+`

const named = new RegExp(String.raw`(${name}${quotationMark}?[ \t]*[=:][ \t]*)(?:${quoted}|${bare})`, 'gi')
/** A user without a password may be a token. */
const inUrl = /(:\/\/(?:[^\s/:@"']+:)?)[^\s/@"']+@/g

/**
 * The text without what others write behind words such as `password=`: none of it is the agent's, but slurm.conf and
 * slurmdbd.conf may hold a password of a database, and fstab one of a file server.
 */
export function withoutPasswords(text: string): string {
  return text.replaceAll(named, '$1$2(left out)$2').replaceAll(inUrl, '$1(left out)@')
}
