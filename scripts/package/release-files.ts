import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Tree } from './tree.ts'

export const project = fileURLToPath(new URL('../..', import.meta.url))

export interface ReleasePlace {
  /** In the tree, `.` for its root. */
  readonly folder: string
  readonly programMode: number
}

/** Puts a release of the agent into the tree: the bundle, what installs it, and its units. */
export async function putRelease(tree: Tree, program: string, { folder, programMode }: ReleasePlace): Promise<void> {
  await tree.put(join(folder, 'slurm-node-agent.js'), await readFile(program), programMode)
  await tree.put(join(folder, 'install.sh'), await readFile(join(project, 'agent/install.sh')), 0o755)
  for (const unit of await readdir(join(project, 'systemd')))
    await tree.put(join(folder, 'systemd', unit), await readFile(join(project, 'systemd', unit)))
}
