import { copyFile } from 'node:fs/promises'
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
