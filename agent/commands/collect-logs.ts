import { mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { defaultConfigPath } from '../config-file.ts'
import { exitCode } from '../exit-code.ts'
import { exec } from '../host/exec.ts'
import { gather } from '../host/gather.ts'
import { collection, isOfMunge } from '../report/collection.ts'
import { withoutPasswords } from '../report/passwords.ts'
import { version } from '../version.ts'
import { parseOptions, refusePositionals } from './options.ts'
import { refuseUnlessRoot } from './root.ts'

const notesName = 'notes.txt'

/** One archive for a bug report, root's alone. What cannot be had is noted in it, and is no failure. */
export async function collectLogs(args: readonly string[], signal: AbortSignal): Promise<number> {
  const { values, positionals } = parseOptions(args, { config: { type: 'string', default: defaultConfigPath } })
  const name = `slurm-node-agent-${hostname()}-${new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '')}`
  const [written = `${name}.tar.gz`, ...rest] = positionals
  refusePositionals(rest)
  refuseUnlessRoot('collect-logs')

  const file = resolve(written)
  await claim(file)
  const scratch = await mkdtemp(join(tmpdir(), 'slurm-node-agent-'))
  try {
    const directory = join(scratch, name)
    await mkdir(directory, { mode: 0o700 })
    const rules = { isKept: isOfMunge, cleaned: withoutPasswords }
    const notes = await gather(collection(values.config), directory, rules, signal)
    const head = `slurm-node-agent ${version}, collected ${new Date().toISOString()}`
    await writeFile(join(directory, notesName), `${[head, ...notes].join('\n')}\n`, { mode: 0o600 })
    await exec(['tar', '--create', '--gzip', `--file=${file}`, `--directory=${scratch}`, name], { signal })
    process.stdout.write(`${wordsFor(file, notes.length)}\n`)
    return exitCode.converged
  } catch (error) {
    await rm(file, { force: true })
    throw error
  } finally {
    await rm(scratch, { recursive: true })
  }
}

/** Root's alone from the beginning, which tar keeps it; and no file of somebody else's. */
async function claim(file: string): Promise<void> {
  const handle = await open(file, 'wx', 0o600).catch((error: unknown) => {
    throw new Error(`${file} cannot be made; name another: slurm-node-agent collect-logs FILE`, { cause: error })
  })
  await handle.close()
}

function wordsFor(file: string, missing: number): string {
  const lacks = missing === 0 ? '' : `\n${missing} of its parts could not be had; ${notesName} in it says why.`
  return `${file}${lacks}\nNo key is in it, but names and addresses are: look through it before you send it on.`
}
