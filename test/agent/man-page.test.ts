import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { exitCode } from '../../agent/exit-code.ts'
import { helpEntries, helpOptions } from './help.ts'

const path = fileURLToPath(new URL('../../docs/slurm-node-agent.8', import.meta.url))
const page = readFileSync(path, 'utf8')

const commands = helpEntries.flatMap(({ command, verbs }) =>
  verbs.length === 0 ? [command] : verbs.map((verb) => `${command} ${verb}`),
)

/** What the program has to say of the page; undefined where there is no such program. */
function saidBy(stream: 'stdout' | 'stderr', command: string, ...args: readonly string[]): string | undefined {
  const ended = spawnSync(command, [...args, path], { encoding: 'utf8' })
  return ended.error === undefined ? ended[stream] : undefined
}

describe('the manual page', () => {
  test('has every command of help', () => {
    expect(commands).toContain('analyze critical-chain')
    expect(commands.filter((command) => !new RegExp(`^\\.It Cm ${command}\\b`, 'm').test(page))).toEqual([])
  })

  test('has every option of help', () => {
    expect(helpOptions).toContain('config')
    expect(helpOptions.filter((name) => !page.includes(`Fl Fl ${name}`))).toEqual([])
  })

  test('has every exit code', () => {
    expect(Object.values(exitCode).filter((code) => !page.includes(`\n.It ${code}\n`))).toEqual([])
  })

  const ofMan = saidBy('stderr', 'man', '--warnings', '--encoding=UTF-8', '--local-file')
  test.skipIf(ofMan === undefined)('is what man reads without a warning', () => {
    expect(ofMan).toBe('')
  })

  const ofMandoc = saidBy('stdout', 'mandoc', '-Tlint', '-Wwarning')
  test.skipIf(ofMandoc === undefined)('is what mandoc finds no fault with', () => {
    expect(ofMandoc).toBe('')
  })
})
