interface Choice {
  readonly version?: string
  readonly platforms?: readonly string[]
}

/** As the SHASUMS256.txt of a Node release; each processor has a checksum of one letter. */
export function shasums({ version = '24.9.0', platforms = ['linux-arm64', 'linux-x64'] }: Choice = {}): string {
  const names = [`node-v${version}-headers.tar.gz`, `node-v${version}-darwin-x64.tar.gz`]
  const linux = platforms.flatMap((platform, index) =>
    ['tar.gz', 'tar.xz'].map((ending) => `${'abc'.charAt(index).repeat(64)}  node-v${version}-${platform}.${ending}`),
  )
  return [...names.map((name) => `${'0'.repeat(64)}  ${name}`), ...linux, ''].join('\n')
}
