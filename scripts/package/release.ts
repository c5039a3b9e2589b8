import { mkdir, mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import manifest from '../../package.json' with { type: 'json' }
import { putRelease } from './release-files.ts'
import { newTree } from './tree.ts'

/**
 * Makes slurm-node-agent.tar.gz of the bundle in the folder, and returns its path. The same contents make the same bytes,
 * of whichever commit: their SHA-256 is in the user_data of every instance, and with another one Terraform stops and
 * starts them all.
 */
export async function makeRelease(program: string, folder: string): Promise<string> {
  await using scratch = await mkdtempDisposable(join(tmpdir(), 'slurm-node-agent-release-'))
  const tree = newTree(join(scratch.path, 'tree'))
  await putRelease(tree, program, { folder: '.', programMode: 0o755 })
  await mkdir(folder, { recursive: true })
  const made = join(folder, `${manifest.name}.tar.gz`)
  const same = ['--format=gnu', '--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner']
  const argv = ['--create', `--file=${made}`, `--directory=${tree.root}`, ...same, '--use-compress-program=gzip -n']
  await execa('tar', [...argv, 'slurm-node-agent.js', 'install.sh', 'systemd'])
  return made
}
