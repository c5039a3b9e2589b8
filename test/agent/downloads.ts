import { createHash } from 'node:crypto'
import { chmod, cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'

const project = fileURLToPath(new URL('../..', import.meta.url))

/** What a download server has: an official-looking Node, and a release of the agent with the real install.sh and units. */
export interface Downloads {
  readonly node: Download
  readonly agent: Download
}

export interface Download {
  readonly url: string
  readonly sha256: string
}

/** Put into a directory, which the machine sees at `/srv`. */
export async function downloadsIn(directory: string): Promise<Downloads> {
  await makeNode(join(directory, 'node-v26.0.0-linux-x64'))
  await pack(directory, 'node.tar.gz', ['node-v26.0.0-linux-x64'])
  const agent = await releaseIn(directory, 'agent', '// the bundle\n')
  return { node: await download(directory, 'node.tar.gz'), agent }
}

/** A release with this program, as `NAME.tar.gz`. */
export async function releaseIn(directory: string, name: string, program: string): Promise<Download> {
  const folder = `release-of-${name}`
  await makeRelease(join(directory, folder), program)
  await pack(directory, `${name}.tar.gz`, ['-C', folder, 'slurm-node-agent.js', 'install.sh', 'systemd'])
  return await download(directory, `${name}.tar.gz`)
}

/** It says what it was called with. The licence of something inside is one that is not to be unpacked. */
async function makeNode(directory: string): Promise<void> {
  await mkdir(join(directory, 'bin'), { recursive: true })
  await mkdir(join(directory, 'lib/node_modules/npm'), { recursive: true })
  await writeFile(join(directory, 'LICENSE'), 'a licence\n')
  await writeFile(join(directory, 'lib/node_modules/npm/LICENSE'), 'another licence\n')
  await writeFile(join(directory, 'bin/node'), '#!/bin/sh\necho node "$@"\n')
  await chmod(join(directory, 'bin/node'), 0o755)
}

async function makeRelease(directory: string, program: string): Promise<void> {
  await mkdir(directory)
  await writeFile(join(directory, 'slurm-node-agent.js'), program)
  await cp(join(project, 'agent/install.sh'), join(directory, 'install.sh'))
  await cp(join(project, 'systemd'), join(directory, 'systemd'), { recursive: true })
}

/** The same bytes each time, so that the checksum is. */
async function pack(directory: string, name: string, contents: readonly string[]): Promise<void> {
  const reproducible = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--use-compress-program=gzip -n']
  await execa('tar', ['-cf', name, ...reproducible, ...contents], { cwd: directory })
}

async function download(directory: string, name: string): Promise<Download> {
  const bytes = await readFile(join(directory, name))
  return { url: `file:///srv/${name}`, sha256: createHash('sha256').update(bytes).digest('hex') }
}
