import { unescapeOctal } from './octal-escapes.ts'

/** A directory and whom it is exported to. */
export interface Export {
  readonly path: string
  /** A host, a network or `*`, as exports(5) writes it. */
  readonly client: string
}

export interface ExportWithOptions extends Export {
  readonly options: readonly string[]
}

const staleMark = '# no longer: '

/**
 * An exports(5) file: a line a directory would be shorter, a line a client is easier to compare. What it asks for no
 * more, and is exported yet, stands in it as a comment: exportfs -a takes nothing out of the table.
 */
export function printExports(exports: readonly ExportWithOptions[], stale: readonly Export[]): string {
  const comments = stale.map(({ path, client }) => `${staleMark}${path} ${client}`)
  return ['# Made by slurm-node-agent.', ...exports.map(printExport), ...comments, ''].join('\n')
}

/** What such a file still asks for. */
export function withoutStale(text: string): string {
  return text
    .split('\n')
    .filter((line) => !line.startsWith(staleMark))
    .join('\n')
}

/** All that such a file has asked for since it was last in keeping with the table. */
export function everAskedFor(text: string): readonly Export[] {
  return parseExports(text.replaceAll(staleMark, ''))
}

export function printExport({ path, client, options }: ExportWithOptions): string {
  return `${path} ${client}(${options.join(',')})`
}

/** What an exports(5) file asks for, by whomever it was written. With which options, exportfs says. */
export function parseExports(text: string): readonly Export[] {
  return text
    .replaceAll('\\\n', ' ')
    .split('\n')
    .flatMap((line) => {
      const [path, ...rest] = line.replace(/(?<!\S)#.*/, '').match(/"[^"]*"|\S+/g) ?? []
      if (path === undefined) return []
      const clients = rest.filter((word) => !word.startsWith('-')).map((word) => word.replace(/\(.*/, ''))
      return (clients.length === 0 ? [''] : clients).map((client) => ({ path: directory(path), client: client || '*' }))
    })
}

function directory(word: string): string {
  return unescapeOctal(word.replaceAll('"', '')).replace(/(?<=.)\/+$/, '')
}
