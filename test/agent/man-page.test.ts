import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { exitCode } from '../../agent/exit-code.ts'

const main = fileURLToPath(new URL('../../agent/main.ts', import.meta.url))
const path = fileURLToPath(new URL('../../docs/slurm-node-agent.8', import.meta.url))
const page = readFileSync(path, 'utf8')
const help = spawnSync(process.execPath, [main, 'help'], { encoding: 'utf8' }).stdout

/** `config check | show` is two commands; what follows in capitals or brackets are their arguments. */
const commands = [...help.matchAll(/^ {2}(\w[\w-]*)((?: [a-z][a-z-]*(?: \|)?)*)/gm)].flatMap(
  ([, command = '', verbs = '']) =>
    verbs
      .trim()
      .split(' | ')
      .map((verb) => `${command} ${verb}`.trim()),
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
    const options = [...new Set([...help.matchAll(/--([\w-]+)/g)].map(([, name = '']) => name))]
    expect(options).toContain('config')
    expect(options.filter((name) => !page.includes(`Fl Fl ${name}`))).toEqual([])
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
