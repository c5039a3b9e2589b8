const madeBy = '# Made by slurm-node-agent'
const header = `${madeBy} from its config.json. An edit above the line at the end is undone.`
const boundary = '# Your own lines go below this one and are kept.'

/** A file of this program's making, in which a hash begins a comment, with the operator's own lines at its end. */
export function withOwnLines(lines: readonly string[], own: string): string {
  return `${[header, ...lines, boundary].join('\n')}\n${own}`
}

/**
 * The operator's own lines in a file of this program's making; undefined for any other file, also for one that has lost
 * the line below which they are known to be theirs.
 */
export function ownLines(text: string): string | undefined {
  const separator = `\n${boundary}\n`
  const at = text.indexOf(separator)
  return text.startsWith(madeBy) && at >= 0 ? text.slice(at + separator.length) : undefined
}
