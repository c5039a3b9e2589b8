import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../../agent/main.ts', import.meta.url))
const help = spawnSync(process.execPath, [main, 'help'], { encoding: 'utf8' }).stdout

export interface HelpEntry {
  readonly command: string
  /** `config check | show` has two. */
  readonly verbs: readonly string[]
  readonly options: readonly string[]
}

const optionsIn = (text: string) => [...text.matchAll(/--([\w-]+)/g)].map(([, name = '']) => name)

/** `apply, plan and config take --config FILE` */
const [, takers = '', shared = ''] = /^([a-z-]+(?:, [a-z-]+)* and [a-z-]+) take (--[\w-]+)/m.exec(help) ?? []

/** What help tells of each command; what follows a command in capitals or brackets are its arguments. */
export const helpEntries: readonly HelpEntry[] = [
  ...help.matchAll(/^ {2}(\w[\w-]*)((?: [a-z][a-z-]*(?: \|)?)*)(.*?)(?: {2}|$)/gm),
].map(([, command = '', verbs = '', rest = '']) => ({
  command,
  verbs: verbs.split(/[ |]+/).filter((verb) => verb !== ''),
  options: optionsIn(takers.split(/, | and /).includes(command) ? `${rest} ${shared}` : rest),
}))

/** All that help has, wherever. */
export const helpOptions: readonly string[] = [...new Set(optionsIn(help))]
