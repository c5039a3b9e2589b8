import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { temporaryDirectory } from './temporary-directory.ts'

const project = fileURLToPath(new URL('../..', import.meta.url))

interface Run {
  readonly stdout: string
  /** The path of what it made. */
  readonly at: (path: string) => string
}

/** Runs a script as npm does, but in a folder of its own: the bundle in our dist/ is another's to read. */
export async function runScript(name: string, args: readonly string[], epoch: number): Promise<Run> {
  const folder = await temporaryDirectory()
  for (const part of ['agent', 'node_modules']) await symlink(join(project, part), join(folder, part))
  const env = { SOURCE_DATE_EPOCH: String(epoch) }
  const { stdout } = await execa(process.execPath, [join(project, 'scripts', name), ...args], { cwd: folder, env })
  return { stdout, at: (path) => join(folder, path) }
}
