import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'

const kernel = '/usr/bin/linux.uml'
/** Of Debian's package user-mode-linux; ciphers first, or dm-crypt cannot be loaded. */
const modules = ['cbc', 'aes_generic', 'xts', 'dm-mod', 'dm-crypt', 'md-mod', 'raid1', 'bcache']

/** Why no guest can be had here; undefined when it can be tried. */
export function whyNoGuest(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root can run the guest'
  return existsSync(kernel) ? undefined : `${kernel} is not installed`
}

/** What became of it: `began` is false where User-Mode Linux itself may not run, as without ptrace(2). */
export interface GuestRun {
  readonly began: boolean
  readonly exitCode: number | undefined
  /** From there on. */
  readonly output: string
}

/**
 * Runs a command, by a shell, in User-Mode Linux: another kernel, which has what this one may lack, as a process. Its
 * root is this machine's; what it writes there is gone with it.
 */
export async function runInGuest(command: string, directory: string, signal: AbortSignal): Promise<GuestRun> {
  const argv = [
    'mem=1536M',
    'root=/dev/root',
    'rootfstype=hostfs',
    'rootflags=/',
    'ro',
    `init=${join(import.meta.dirname, 'guest-init.sh')}`,
    'con=null',
    'con0=null,fd:1', // what is printed there, and nothing to be typed
    'loglevel=0',
    `directory=${directory}`,
    `modules="${modules.join(' ')}"`,
    `command="${command}"`,
  ]
  const options = { stdin: 'ignore', all: true, reject: false, cancelSignal: signal } as const
  const { all } = await execa(kernel, argv, options)
  const [boot = '', printed] = all.split(/^guest: began\r?\n/m)
  const ended = /guest: ended with (\d+)/.exec(printed ?? '')?.[1]
  const exitCode = ended === undefined ? undefined : Number(ended)
  return { began: printed !== undefined, exitCode, output: printed ?? boot }
}
