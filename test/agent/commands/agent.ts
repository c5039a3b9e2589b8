import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { RunState } from '../../../agent/report/run-state.ts'
import { type ThrowAwayRoot, throwAwayRoot } from '../throw-away-root.ts'

const main = fileURLToPath(new URL('../../../agent/main.ts', import.meta.url))
const scripted = fileURLToPath(new URL('./use-scripted-steps.ts', import.meta.url))

/** Where the configuration is for the program, which takes it by --config. */
export const configPath = '/run/config.json'

export const goodConfig = {
  role: 'frontend',
  efs: { fileSystemId: 'fs-0123456789abcdef0' },
  dataVolume: { volumeId: 'vol-0123456789abcdef0' },
}

export interface Agent extends Pick<ThrowAwayRoot, 'at' | 'start'> {
  /** The program, as a process of its own; the machine is one of those in scripted-steps.ts. */
  run(args: string, machine?: string): ReturnType<ThrowAwayRoot['start']>
  /** The command line of the program. */
  argv(args: string): readonly string[]
  state(): Promise<RunState>
  /** Resolves when the state file says so. */
  reaches(is: (state: RunState) => boolean): Promise<RunState>
}

/** The program on a machine that has its configuration, and has seen no run yet; `more` of its directories are empty. */
export async function newAgent(config: unknown = goodConfig, more: readonly string[] = []): Promise<Agent> {
  const root = await throwAwayRoot(['/var/lib', '/var/log', '/run', ...more])
  await writeFile(root.at(configPath), typeof config === 'string' ? config : JSON.stringify(config))
  const argv = (args: string) => [process.execPath, '--import', scripted, main, ...args.split(' ')]
  const state = async (): Promise<RunState> =>
    JSON.parse(await readFile(root.at('/var/lib/slurm-node-agent/state.json'), 'utf8'))
  return {
    ...root,
    argv,
    state,
    run: (args, machine = 'good') => root.start(argv(args), { STEPS: machine }),
    async reaches(is) {
      for (;;) {
        const seen = await state().catch(() => undefined)
        if (seen !== undefined && is(seen)) return seen
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    },
  }
}

export const apply = `apply --config ${configPath}`
