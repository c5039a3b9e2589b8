import { spawnSync } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { execa, type Options } from 'execa'
import { temporaryDirectory } from './temporary-directory.ts'

/** Root of its own mounts, and where we are not root, of its own users. */
const unshare = [
  'unshare',
  '--mount',
  '--propagation=private',
  ...(process.getuid?.() === 0 ? [] : ['--map-root-user']),
]

/** Why programs cannot be given directories of their own here; undefined where they can. */
export const noThrowAwayRoot = troubleOf(spawnSync('unshare', [...unshare.slice(1), 'true'], { encoding: 'utf8' }))

function troubleOf({ error, status, stderr }: ReturnType<typeof spawnSync>): string | undefined {
  if (error !== undefined) return error.message
  return status === 0 ? undefined : String(stderr).trim()
}

const bind =
  'set -eu; root=$1; count=$2; shift 2; while [ "$count" -gt 0 ]; do mount --bind "$root$1" "$1"; shift; count=$((count-1)); done; exec "$@"'

export interface ThrowAwayRoot {
  /** Where we find what the programs see at the path. */
  at(path: string): string
  /** Starts a program that sees the directories, and PATH and `env` alone; it is the leader of its process group. */
  start(argv: readonly string[], env?: Readonly<Record<string, string>>): ReturnType<typeof startProgram>
}

/** Empty directories, over those of the machine for the programs that are started in it, and for them alone. */
export async function throwAwayRoot(places: readonly string[]): Promise<ThrowAwayRoot> {
  const root = await temporaryDirectory()
  for (const place of places) await mkdir(join(root, place), { recursive: true })
  const [program = '', ...options] = unshare
  const prefix = [...options, 'sh', '-c', bind, 'sh', root, String(places.length), ...places]
  return {
    at: (path) => join(root, path),
    start: (argv, env = {}) => startProgram(program, [...prefix, ...argv], env),
  }
}

function startProgram(program: string, args: readonly string[], env: Readonly<Record<string, string>>) {
  const options = {
    reject: false,
    detached: true,
    stdin: 'ignore',
    extendEnv: false,
    env: { PATH: process.env['PATH'], ...env },
    timeout: 60_000,
  } as const satisfies Options
  return execa(program, args, options)
}
