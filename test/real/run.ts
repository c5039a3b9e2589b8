import { exec } from '../../agent/host/exec.ts'
import type { Argv } from '../../src/engine/action.ts'

/** A real program, to its end; what it printed. */
export async function run(...argv: Argv): Promise<string> {
  const { stdout } = await exec(argv, { signal: AbortSignal.timeout(60_000) })
  return stdout
}
