import { wrapTo } from '../../agent/report/width.ts'

const columns = 120

/** Blocks with an empty line between them, as a whole file. */
export function page(blocks: readonly string[]): string {
  return `${['<!-- made by npm run docs -->', ...blocks].join('\n\n')}\n`
}

/** Prose of ours, which may hold markup. */
export function paragraph(text: string): string {
  return wrapTo(columns, text).join('\n')
}

/** Text that is not markup, made to read as it stands. */
export function literally(text: string): string {
  return text.replaceAll(/[*`<[\]\\]/g, String.raw`\$&`)
}

export function code(text: string): string {
  return `\`${text}\``
}

/** A table whose columns are as wide as their widest cell. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', String.raw`\|`)))
  const widths = head.map((_, column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)))
  const lines = cells.map((row) => widths.map((width, column) => (row[column] ?? '').padEnd(width)))
  const rule = widths.map((width) => '-'.repeat(width))
  return [lines[0] ?? [], rule, ...lines.slice(1)].map((line) => `| ${line.join(' | ')} |`).join('\n')
}
