import { mkdir, mkdtempDisposable, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { execa } from 'execa'
import manifest from '../../package.json' with { type: 'json' }
import { changelog, control } from './control.ts'
import { copyright } from './copyright.ts'
import type { NodeTarballs } from './node-tarballs.ts'
import { project, putRelease } from './release-files.ts'
import { newTree } from './tree.ts'

const release = 'opt/slurm-node-agent/package'
const documents = `usr/share/doc/${manifest.name}`

export interface DebContents {
  /** The path of the bundle. */
  readonly program: string
  readonly node: NodeTarballs
  /** What the files are dated, in seconds since 1970: the same contents make the same package. */
  readonly epoch: number
}

/** Makes slurm-node-agent_VERSION_all.deb in the folder, and returns its path. */
export async function makeDeb({ program, node, epoch }: DebContents, folder: string): Promise<string> {
  await using scratch = await mkdtempDisposable(join(tmpdir(), 'slurm-node-agent-deb-'))
  const tree = newTree(join(scratch.path, 'tree'))
  const copy = async (path: string, source: string, mode?: number) =>
    await tree.put(path, await readFile(join(project, source)), mode)
  const pack = async (path: string, content: Uint8Array) =>
    await tree.put(`${path}.gz`, gzipSync(content, { level: 9 }))

  await putRelease(tree, program, { folder: release, programMode: 0o644 })
  await tree.put(`${release}/node-tarballs`, node.text)
  await pack('usr/share/man/man8/slurm-node-agent.8', await readFile(join(project, 'docs/slurm-node-agent.8')))
  await copy('usr/share/bash-completion/completions/slurm-node-agent', 'agent/debian/completion.bash')
  await copy('usr/share/lintian/overrides/slurm-node-agent', 'agent/debian/lintian-overrides')
  await tree.put(`${documents}/copyright`, await copyright())
  await pack(`${documents}/changelog`, Buffer.from(changelog(epoch)))

  const { md5sums, installedKiB } = await tree.summary()
  await tree.put('DEBIAN/md5sums', md5sums)
  await tree.put('DEBIAN/control', control({ nodeMajor: node.major, installedKiB }))
  for (const script of ['postinst', 'prerm', 'postrm']) await copy(`DEBIAN/${script}`, `agent/debian/${script}`, 0o755)

  await mkdir(folder, { recursive: true })
  const made = join(folder, `${manifest.name}_${manifest.version}_all.deb`)
  // What xz makes depends on the number of processors, and which one dpkg-deb takes by itself on the distribution.
  const argv = ['--root-owner-group', '-Zgzip', '--build', tree.root, made]
  await execa('dpkg-deb', argv, { env: { SOURCE_DATE_EPOCH: String(epoch) } })
  return made
}
