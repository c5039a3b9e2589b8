const usualColumns = 80

/** Where the output goes to a file or a pipe, nothing is cut or wrapped. A terminal that nobody has given a size says 0. */
export function columnsOf({ isTTY, columns }: Pick<NodeJS.WriteStream, 'isTTY' | 'columns'>): number {
  if (!isTTY) return Number.POSITIVE_INFINITY
  return columns || usualColumns
}

/** The line, no wider than that. */
export function cutTo(columns: number, line: string): string {
  return line.length > columns ? `${line.slice(0, Math.max(0, columns - 1))}…` : line
}

/** The words of a text in lines no wider than that, each behind the indent; a word that is wider has its own line. */
export function wrapTo(columns: number, text: string, indent = ''): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > columns) {
      lines.push(line)
      line = word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  return [...lines, line].map((full) => `${indent}${full}`)
}
