import { spawnSync } from 'node:child_process'
import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { makeDeb } from '../../scripts/package/deb.ts'
import { type BareMachine, bareMachine, type Ended } from './bare-machine.ts'
import { noThrowAwayRoot } from './throw-away-root.ts'

export const noDpkgDeb = spawnSync('dpkg-deb', ['--version']).error?.message
export const noDebianMachine = noDpkgDeb ?? noThrowAwayRoot

/** dpkg insists on the folders of ldconfig and start-stop-daemon. */
const PATH = '/srv/bin:/usr/sbin:/usr/bin:/sbin:/bin'

export interface DebianMachine extends BareMachine {
  /** Has the real dpkg install a package with this bundle. */
  installDeb(program?: string): Promise<Ended>
  dpkg(...args: readonly string[]): Promise<Ended>
  /** Has this script be run in place of a program. */
  standIn(name: string, script: string): Promise<void>
}

/** A machine without any package that dpkg knows of. Its Node is at hand for both processors. */
export async function debianMachine(): Promise<DebianMachine> {
  const machine = await bareMachine(['/usr/share'])
  const { sha256 } = machine.downloads.node
  const names = ['linux-x64', 'linux-arm64'].map((platform) => `node-v26.0.0-${platform}.tar.gz`)
  for (const name of names) await copyFile(machine.at('/srv/node.tar.gz'), machine.at(`/srv/${name}`))
  const node = { major: 26, text: names.map((name) => `${sha256}  file:///srv/${name}\n`).join('') }
  for (const folder of ['info', 'updates', 'triggers']) {
    await mkdir(machine.at(`/var/lib/dpkg/${folder}`), { recursive: true })
  }
  await writeFile(machine.at('/var/lib/dpkg/status'), '')

  async function dpkg(...args: readonly string[]): Promise<Ended> {
    // What it depends on is not known here to be installed.
    const { exitCode, signal, stderr } = await machine.start(['dpkg', '--force-depends', ...args], { PATH })
    return { code: exitCode, signal, stderr: ownWords(stderr) }
  }
  return {
    ...machine,
    dpkg,
    async installDeb(program = '// the bundle\n') {
      const path = machine.at('/srv/program.js')
      await writeFile(path, program)
      await makeDeb({ program: path, node, epoch: 1_700_000_000 }, machine.at('/srv/debs'))
      return await dpkg('--install', '--recursive', '/srv/debs')
    },
    async standIn(name, script) {
      await writeFile(machine.at(`/srv/bin/${name}`), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
    },
  }
}

/** But for what dpkg has to say of dependencies that it does not know, and of our empty directories, which are mounts. */
function ownWords(stderr: string): string {
  return stderr
    .replaceAll(/^dpkg: slurm-node-agent: dependency problems.*\n(?: .*(?:\n|$)|\n)*/gm, '')
    .replaceAll(
      /^dpkg: warning: while removing slurm-node-agent, unable to remove directory .* mount point\?(?:\n|$)/gm,
      '',
    )
    .trim()
}
