import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BareMachine, bareMachine } from '../bare-machine.ts'
import { type Download, releaseIn } from '../downloads.ts'
import type { certificateFor } from '../host/certificates.ts'
import { listening } from '../host/local-server.ts'
import type { ThrowAwayRoot } from '../throw-away-root.ts'

const main = fileURLToPath(new URL('../../../agent/main.ts', import.meta.url))
const commandPath = '/usr/local/bin/slurm-node-agent'

export const config = '{"role": "frontend"}'

/** What the program of a release does for each command, as JavaScript; the machine's configuration is good. */
interface Answers {
  readonly version?: string
  readonly check?: string
  readonly plan?: string
}

/** A program that says it has this version, but for what it is told to do instead. */
export function program(version: string, answers: Answers = {}): string {
  const {
    version: say = `console.log('${version}')`,
    check = "console.log('config.json is good')",
    plan = "console.log('Nothing to do')",
  } = answers
  return `switch (process.argv.slice(2).join(' ')) {
  case 'version': ${say}; break
  case 'config check': ${check}; break
  case 'plan': ${plan}; break
  default: process.exit(64)
}
`
}

export interface UpgradableMachine extends BareMachine, AsyncDisposable {
  /** The paths that the server was asked for. */
  readonly requests: readonly string[]
  /** Where the server has it. */
  served(name: string, text: string): Promise<Download>
  /** The command line of the real program's upgrade. */
  upgrade(download: Download): ReturnType<ThrowAwayRoot['start']>
  /** What the installed command says of its version. */
  version(): Promise<unknown>
  /** The links between releases, and the releases, each by the first of these names for it. */
  releases(names: Readonly<Record<string, Download>>): Promise<readonly string[]>
}

/** A machine whose boot has installed version 1.0.0, and a server of releases. Its Node is the one that we run on. */
export async function upgradableMachine(tls: ReturnType<typeof certificateFor>): Promise<UpgradableMachine> {
  const machine = await bareMachine()
  const first = await releaseIn(machine.at('/srv'), 'first', program('1.0.0'))
  await machine.boot(config, {}, first)
  const node = machine.at(`/opt/slurm-node-agent/node-${machine.downloads.node.sha256}/bin/node`)
  await writeFile(node, `#!/bin/sh\nexec ${process.execPath} "$@"\n`)
  await mkdir(machine.at('/etc/ssl/certs'), { recursive: true })
  await writeFile(machine.at('/etc/ssl/certs/ca-certificates.crt'), await readFile(tls.authority))
  await writeFile(machine.at('/etc/hosts'), '127.0.0.1 localhost\n')
  await writeFile(machine.at('/etc/nsswitch.conf'), 'hosts: files\n')

  const requests: string[] = []
  const server = createServer({ key: tls.key, cert: tls.cert }, (request, response) => {
    requests.push(request.url ?? '')
    readFile(machine.at(`/srv/${basename(request.url ?? '')}`)).then(
      (bytes) => response.end(bytes),
      () => response.writeHead(404).end(),
    )
  })
  const { port, ...web } = await listening(server)
  const PATH = '/srv/bin:/usr/bin:/bin'
  return {
    ...machine,
    ...web,
    downloads: { ...machine.downloads, agent: first },
    requests,
    async served(name, text) {
      const { sha256 } = await releaseIn(machine.at('/srv'), name, text)
      return { url: `https://localhost:${port}/${name}.tar.gz`, sha256 }
    },
    upgrade: ({ url, sha256 }) =>
      machine.start([process.execPath, main, 'upgrade', '--url', url, '--sha256', sha256], { PATH }),
    async version() {
      return (await machine.start([commandPath, 'version'], { PATH })).stdout
    },
    async releases(names) {
      const paths = Object.entries(await machine.installed()).filter(([path]) => /\/agent-[^/]*$/.test(path))
      const nameOf = new Map(Object.entries(names).map(([name, { sha256 }]) => [sha256, name]))
      const named = (text: string) => text.replaceAll(/agent-([0-9a-f]{64})/g, (found, sum) => nameOf.get(sum) ?? found)
      return paths
        .map(([path, what]) => named(`${basename(path)} ${what.replace('/opt/slurm-node-agent/', '')}`))
        .toSorted()
    },
  }
}

/** Has systemctl fail while the command is of the release. */
export async function breakUnits(machine: UpgradableMachine, { sha256 }: Download): Promise<void> {
  await standIn(machine, 'systemctl', `! grep -q agent-${sha256} ${commandPath}`)
}

/** Has everything be killed that changes something, where the program is called with such arguments. */
export async function cutAt(machine: UpgradableMachine, name: string, pattern: string): Promise<void> {
  const holder = "sed -n 's/.*pid \\([0-9]*\\),.*/\\1/p' /run/slurm-node-agent.lock"
  await standIn(machine, name, `case "$*" in ${pattern}) kill -9 $(${holder}) $PPID ;; esac`)
}

export async function standIn(machine: UpgradableMachine, name: string, script: string): Promise<void> {
  await writeFile(machine.at(`/srv/bin/${name}`), `#!/bin/sh\n${script}\n`)
}
