import manifest from '../../package.json' with { type: 'json' }
import { httpsUrl } from '../../src/config/grammar.ts'

export const nodeMirror = 'https://nodejs.org/dist'

/** As the names of Node's tarballs have them; postinst chooses by `uname -m`. */
const platforms = ['linux-x64', 'linux-arm64'] as const

export interface NodeTarballs {
  /** The major version. */
  readonly major: number
  /** A line a platform: SHA-256, two spaces, URL. */
  readonly text: string
}

/**
 * Which tarballs of Node the package is to fetch, out of the SHASUMS256.txt of a Node release. Throws where it is none,
 * where the agent does not run on that Node, or where there is none for one of the platforms.
 */
export function nodeTarballs(shasums: string, mirror: string): NodeTarballs {
  const listed = listedIn(shasums)
  const [version, ...others] = new Set(listed.map((tarball) => tarball.version))
  if (version === undefined || others.length > 0) {
    const found = [version ?? 'none', ...others].join(', ')
    throw new Error(`it is not the SHASUMS256.txt of one Node release: it has tarballs for linux of ${found}`)
  }
  const major = Number(version.split('.')[0])
  if (major < leastMajor(manifest.engines.node)) {
    throw new Error(`it is of Node ${version}; the agent needs ${manifest.engines.node}`)
  }
  const wanted = listed.filter(({ platform }) => platforms.some((name) => name === platform))
  const missing = platforms.filter((name) => wanted.every(({ platform }) => platform !== name))
  if (missing.length > 0) {
    const has = listed.map(({ platform }) => platform).join(', ')
    throw new Error(`it has no tarball of Node ${version} for ${missing.join(', ')}; it has ${has}`)
  }
  const lines = wanted.map(({ sha256, name }) => `${sha256}  ${checkedUrl(`${mirror}/v${version}/${name}`)}\n`)
  return { major, text: lines.join('') }
}

/** gzip alone: for xz, the instance would need another package. */
function listedIn(shasums: string) {
  const lines = shasums.matchAll(/^([0-9a-f]{64}) {2}(node-v(\d+\.\d+\.\d+)-(linux-\w+)\.tar\.gz)$/gm)
  return [...lines].map(([, sha256 = '', name = '', version = '', platform = '']) => ({
    sha256,
    name,
    version,
    platform,
  }))
}

function leastMajor(engines: string): number {
  const [, major] = /^>=(\d+)$/.exec(engines) ?? []
  if (major === undefined) throw new Error(`package.json asks for Node ${engines}, which is not as >=24`)
  return Number(major)
}

function checkedUrl(url: string): string {
  const [issue] = httpsUrl.safeParse(url).error?.issues ?? []
  if (issue !== undefined) throw new Error(`with this --node-mirror, ${url} ${issue.message}`)
  return url
}
