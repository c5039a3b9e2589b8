import { chmod, lstat, mkdir, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { userDataWith } from '../terraform/user-data-example.ts'
import { type Download, type Downloads, downloadsIn } from './downloads.ts'
import { type ThrowAwayRoot, throwAwayRoot } from './throw-away-root.ts'

/** The directories in which something is installed. */
const places = ['/opt', '/etc', '/usr/local/bin', '/var/lib'] as const

/** All that the scripts run, but what the shell does itself. */
const programs = 'cat chmod cmp curl dirname flock id mkdir mktemp mv readlink rm sha256sum sync systemctl tar uname'

/** There is no systemd here, and a real sync would wait for whatever else this machine writes. */
const recorder = '#!/bin/sh\necho "${0##*/} $*" >>/srv/record\n'

/**
 * Stands for every program. Before the CUT-th the power is cut: all processes are killed. The FAIL-th does half its
 * work and fails, as on a full disk.
 */
const standIn = `#!/bin/sh
read -r count </srv/count
count=$((count + 1))
echo "$count" >/srv/count
program=\${0##*/}
if [ "$count" = "$CUT" ]; then kill -9 0; fi
if [ "$count" = "$FAIL" ]; then
  if [ "$program" = cat ]; then /usr/bin/cat "$@" | /usr/bin/head -c 10; fi
  exit 1
fi
PATH=/srv/bin:/usr/bin:/bin exec "$program" "$@"
`

export interface BareMachine extends Pick<ThrowAwayRoot, 'at' | 'start'> {
  readonly downloads: Downloads
  /** What the user_data does beside the boot; it names the release of the downloads, if no other is given. */
  boot(config: string, disturbance?: Disturbance, agent?: Download): Promise<Ended>
  /** The same user_data, run by hand to make an image; `said` is what the agent prints. */
  bake(config: string): Promise<Ended & { readonly said: string }>
  /** install.sh of the release that is installed already. */
  install(...args: readonly string[]): Promise<Ended>
  /** All that is installed, by path: kind, mode and content. */
  installed(): Promise<Readonly<Record<string, string>>>
  /** The inode and time of change of all that is installed, by path. */
  stamps(): Promise<Readonly<Record<string, string>>>
  /** Makes it bare again. */
  wipe(): Promise<void>
  /** How many programs the last boot has run, if it was one that counts them. */
  programsRun(): Promise<number>
  /** The calls of systemctl or sync since the last time. */
  calls(program: 'systemctl' | 'sync'): Promise<readonly string[]>
}

interface Disturbance {
  /** Before which program the power is cut. */
  readonly cut?: number
  /** Which program fails. */
  readonly fail?: number
  readonly counted?: boolean
}

export interface Ended {
  readonly code: number | undefined
  readonly signal: string | undefined
  readonly stderr: string
}

/** A machine with nothing installed, but for its programs; `more` of its directories are empty. */
export async function bareMachine(more: readonly string[] = []): Promise<BareMachine> {
  const root = await throwAwayRoot([...places, '/srv', '/run', '/var/log', '/var/cache', ...more])
  const downloads = await downloadsIn(root.at('/srv'))
  for (const directory of ['tmp', 'bin', 'stand-ins']) await mkdir(root.at(`/srv/${directory}`))
  for (const name of ['systemctl', 'sync']) await program(`bin/${name}`, recorder)
  for (const name of programs.split(' ')) await program(`stand-ins/${name}`, standIn)

  async function program(name: string, text: string): Promise<void> {
    await writeFile(root.at(`/srv/${name}`), text)
    await chmod(root.at(`/srv/${name}`), 0o755)
  }

  async function run(argv: readonly string[], disturbance: Disturbance = {}) {
    await writeFile(root.at('/srv/count'), '0\n')
    const { cut = 0, fail = 0, counted = cut + fail > 0 } = disturbance
    const PATH = `${counted ? '/srv/stand-ins:' : ''}/srv/bin:/usr/bin:/bin`
    const env = { PATH, TMPDIR: '/srv/tmp', CUT: String(cut), FAIL: String(fail) }
    const { exitCode, signal, stdout, stderr } = await root.start(argv, env)
    return { said: stdout, ended: { code: exitCode, signal, stderr } }
  }

  async function runUserData(config: string, agent: Download, args: readonly string[], disturbance?: Disturbance) {
    await writeFile(root.at('/srv/user-data'), await userDataWith('frontend', { ...downloads, agent, config }))
    return await run(['sh', '/srv/user-data', ...args], disturbance)
  }

  return {
    ...root,
    downloads,
    async boot(config, disturbance, agent = downloads.agent) {
      return (await runUserData(config, agent, ['--config', '-'], disturbance)).ended
    },
    async bake(config) {
      const { said, ended } = await runUserData(config, downloads.agent, ['--bake', '--config', '-'])
      return { ...ended, said }
    },
    async install(...args) {
      return (await run([`/opt/slurm-node-agent/agent-${downloads.agent.sha256}/install.sh`, ...args])).ended
    },
    installed: () => tree(root, describePath),
    stamps: () =>
      tree(root, async (path) => {
        const { ino, ctimeMs } = await lstat(path)
        return `${ino} ${ctimeMs}`
      }),
    async wipe() {
      for (const place of places) {
        for (const entry of await readdir(root.at(place))) {
          await rm(join(root.at(place), entry), { recursive: true })
        }
      }
    },
    programsRun: async () => Number(await readFile(root.at('/srv/count'), 'utf8')),
    async calls(name) {
      const lines = await readFile(root.at('/srv/record'), 'utf8').catch(() => '')
      await rm(root.at('/srv/record'), { force: true })
      return lines.split('\n').filter((line) => line.startsWith(`${name} `))
    },
  }
}

async function tree(root: ThrowAwayRoot, describe: (path: string) => Promise<string>) {
  const found: Record<string, string> = {}
  for (const place of places) {
    const entries = await readdir(root.at(place), { recursive: true })
    for (const entry of entries.toSorted()) {
      const path = join(place, entry)
      found[path] = await describe(root.at(path))
    }
  }
  return found
}

async function describePath(path: string): Promise<string> {
  const stats = await lstat(path)
  const mode = (stats.mode & 0o7777).toString(8)
  if (stats.isDirectory()) return `directory ${mode}`
  return stats.isSymbolicLink() ? `link to ${await readlink(path)}` : `${mode} ${await readFile(path, 'utf8')}`
}
