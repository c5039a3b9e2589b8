import type { Argv } from '../engine/action.ts'

/** The exit codes of timeout(1) where the program did not end in time: by SIGTERM, and by SIGKILL. */
export const noAnswer = [124, 137] as const

/** The program, ended where it has not done so by itself in time. */
export function limited(seconds: number, argv: Argv): Argv {
  return ['timeout', '--kill-after=2', String(seconds), ...argv]
}
