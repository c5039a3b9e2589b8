export interface Export {
  readonly path: string
  /** A host, a network or `*`, as exports(5) writes it. */
  readonly client: string
  readonly options: readonly string[]
}

/** An exports(5) file: a line a directory would be shorter, a line a client is easier to compare. */
export function printExports(exports: readonly Export[]): string {
  const lines = exports.map(({ path, client, options }) => `${path} ${client}(${options.join(',')})`)
  return ['# Made by slurm-node-agent.', ...lines, ''].join('\n')
}

/** What `exportfs -v` prints: after a long path, the client stands on a line of its own. */
export function parseExportfs(stdout: string): readonly Export[] {
  const entries = stdout.matchAll(/^(\S+)\s+([^\s(]+)\(([^)]*)\)/gm)
  return [...entries].map(([, path = '', client = '', options = '']) => ({
    path,
    client: client === '<world>' ? '*' : client,
    options: options.split(','),
  }))
}
