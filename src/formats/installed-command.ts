/** What the command of this machine starts. */
export interface InstalledCommand {
  /** Node, and the options that it is started with. */
  readonly interpreter: readonly [node: string, ...options: string[]]
  /** The SHA-256 of the tarball that Node came in. */
  readonly nodeSha256: string
  /** The folder of the release. */
  readonly release: string
}

/** Out of /usr/local/bin/slurm-node-agent; undefined where it is not as install.sh writes it. */
export function parseInstalledCommand(text: string): InstalledCommand | undefined {
  const [, node = '', nodeSha256 = '', options = '', release = ''] =
    /^exec (\/opt\/slurm-node-agent\/node-([0-9a-f]{64})\/bin\/node)((?: --\S+)*) (\/opt\/slurm-node-agent\/[^/\s]+)\/slurm-node-agent\.js "\$@"$/m.exec(
      text,
    ) ?? []
  if (node === '') return undefined
  return { interpreter: [node, ...options.split(' ').filter((option) => option !== '')], nodeSha256, release }
}
