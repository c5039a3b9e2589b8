import { copyFile, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { print } from './print.ts'

const PROJECT = fileURLToPath(new URL('../..', import.meta.url))

/**
 * Builds the agent as it is in the work tree and puts its release into the folder, where a later build does not change
 * it under a running guest. Undefined when it cannot be built: what needs no agent can be run all the same.
 */
export async function agentRelease(folder: string, signal: AbortSignal): Promise<string | undefined> {
  const { failed, all } = await execa('npm', ['run', 'release'], {
    cwd: PROJECT,
    all: true,
    reject: false,
    cancelSignal: signal,
  })
  if (failed) {
    print(`The agent cannot be built:\n${all}`)
    return undefined
  }
  const release = join(folder, 'slurm-node-agent.tar.gz')
  await copyFile(join(PROJECT, 'dist', 'slurm-node-agent.tar.gz'), release)
  return release
}

/** The release once more, as NAME.tar.gz, with another program in it. */
export async function releaseWith(tarball: string, name: string, change: (program: string) => string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lab-release-'))
  await execa('tar', ['--extract', `--file=${tarball}`, `--directory=${folder}`])
  const path = join(folder, 'slurm-node-agent.js')
  const program = await readFile(path, 'utf8')
  const changed = change(program)
  if (changed === program) throw new Error(`the program of ${name} is the same as before`)
  await writeFile(path, changed)
  const made = join(folder, `${name}.tar.gz`)
  const contents = ['slurm-node-agent.js', 'install.sh', 'systemd']
  await execa('tar', ['--create', '--gzip', '--owner=0', '--group=0', `--file=${made}`, ...contents], { cwd: folder })
  return made
}
