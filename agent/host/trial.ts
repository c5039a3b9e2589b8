import type { Argv } from '../../src/engine/action.ts'
import type { Executed } from '../../src/engine/host.ts'
import { exec } from './exec.ts'

/** A program, by how it is called without a command. */
type Program = readonly [string, ...string[]]

const everyExitCode = Array.from({ length: 256 }, (_, code) => code)

/** The version that the program says it has. Throws where it does not start. */
export async function versionOf(program: Program, signal?: AbortSignal): Promise<string> {
  const { stdout } = await answerOf(program, 'version', { ok: [0], withinSeconds: 60, signal })
  return stdout.trim()
}

/**
 * Runs the program with the configuration of this machine, and changes nothing: its version, or a throw where it does not
 * start, finds the configuration bad, breaks off its plan, or fails in it where `current` does not. What is wrong with the
 * machine, such as an EFS that is away, both say.
 */
export async function tryRelease(program: Program, current: Program, signal: AbortSignal): Promise<string> {
  const version = await versionOf(program, signal).catch((cause: unknown) => {
    const node = `the Node ${process.version} of this machine`
    throw new Error(`it does not start with ${node}; where it needs a newer one, the user_data brings both`, { cause })
  })
  await answerOf(program, 'config check', { ok: [0], withinSeconds: 60, signal })
  // 1: something on this machine fails or is refused, and the plan says so. Without a plan, the program has failed.
  const { exitCode, stdout } = await answerOf(program, 'plan', { ok: [0, 1], withinSeconds: 300, signal })
  if (exitCode !== 0 && (await canPlan(current, signal))) {
    throw new Error(`its plan fails, where that of the installed release does not: ${stdout.trim()}`)
  }
  return version
}

/** Whatever else it says or how it ends, it is no better than the new one. */
async function canPlan(program: Program, signal: AbortSignal): Promise<boolean> {
  const { exitCode } = await exec(limited(program, 'plan', 300), { ok: everyExitCode, signal })
  return exitCode === 0
}

interface Expected {
  readonly ok: readonly number[]
  readonly withinSeconds: number
  readonly signal: AbortSignal | undefined
}

/** What a command of the program prints, and how it ends. To print nothing is to fail. */
async function answerOf(program: Program, command: string, { ok, withinSeconds, signal }: Expected): Promise<Executed> {
  const answer = await exec(limited(program, command, withinSeconds), { ok: everyExitCode, ...(signal && { signal }) })
  const { exitCode, stdout, stderr } = answer
  if (ok.includes(exitCode) && stdout.trim() !== '') return answer
  const words = (stderr || stdout).trim() || 'it said nothing'
  throw new Error(`its ${command} ended with ${exitCode}: ${words}`)
}

/**
 * With these options of timeout(1), the exit code is the program's own once it was told to end: a plan that waits for a
 * dead share still ends as a plan does. Only what does not heed that is killed.
 */
function limited(program: Program, command: string, seconds: number): Argv {
  return ['timeout', '--preserve-status', '--kill-after=10s', `${seconds}s`, ...program, ...command.split(' ')]
}
