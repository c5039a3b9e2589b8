import type { Export, ExportWithOptions } from './exports.ts'

/** What `exportfs -v` prints: after a long path, the client stands on a line of its own. */
export function parseExportfs(stdout: string): readonly ExportWithOptions[] {
  const entries = stdout.matchAll(/^(\S+)\s+([^\s(]+)\(([^)]*)\)/gm)
  return [...entries].map(([, path = '', client = '', options = '']) => ({
    path,
    client: client === '<world>' ? '*' : client,
    options: options.split(','),
  }))
}

/** How `exportfs -u` is told of one: the colons of an IPv6 address in brackets, its prefix after them. */
export function exportfsArgument({ path, client }: Export): string {
  const [address = '', prefix] = client.split('/')
  if (!address.includes(':')) return `${client}:${path}`
  return `[${address}]${prefix === undefined ? '' : `/${prefix}`}:${path}`
}
