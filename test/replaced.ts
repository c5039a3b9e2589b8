/** The text with another value in place of one that must be in it. */
export function replaced(text: string, was: string, is: string): string {
  if (!text.includes(was)) throw new Error(`not there, and so not to be replaced: ${was}`)
  return text.replaceAll(was, () => is)
}
