/** The first few of them, and how many there are beside: for a message that must stay readable. */
export function someNames(names: readonly string[]): string {
  return names.length <= 5 ? names.join(', ') : `${names.slice(0, 5).join(', ')} and ${names.length - 5} more`
}
