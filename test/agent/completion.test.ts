import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { codes } from '../../src/engine/codes.ts'
import { helpEntries, helpOptions } from './help.ts'
import { temporaryDirectory } from './temporary-directory.ts'

const main = fileURLToPath(new URL('../../agent/main.ts', import.meta.url))
const completion = fileURLToPath(new URL('../../agent/debian/completion.bash', import.meta.url))

const noBash = spawnSync('bash', ['--version']).error?.message
const noShellcheck = spawnSync('shellcheck', ['--version']).error?.message
for (const [what, why] of Object.entries({ completion: noBash, shellcheck: noShellcheck })) {
  if (why !== undefined) console.warn(`skipped: ${what}: ${why}`) // oxlint-disable-line no-console -- a skip says why
}

const script = `
. "$1"
shift
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_slurm_node_agent
printf '%s\\n' "\${COMPREPLY[@]}"
`

/** What bash offers for the last of the words. */
async function offered(...words: readonly string[]): Promise<readonly string[]> {
  const directory = await temporaryDirectory()
  const command = `#!/bin/sh\nexec ${process.execPath} ${main} "$@"\n`
  await writeFile(join(directory, 'slurm-node-agent'), command, { mode: 0o755 })
  const argv = ['--norc', '-euc', script, 'bash', completion, 'slurm-node-agent', ...words]
  const env = { ...process.env, PATH: `${directory}:${process.env['PATH']}` }
  const { status, stdout, stderr } = spawnSync('bash', argv, { encoding: 'utf8', env })
  expect([status, stderr]).toEqual([0, ''])
  return stdout.split('\n').filter((line) => line !== '')
}

const named = (options: readonly string[]) => options.map((name) => `--${name}`)

describe.skipIf(noBash !== undefined)('the completion of bash', () => {
  test('has every command of help, and no other', async () => {
    const commands = [...helpEntries.map(({ command }) => command), 'help']
    expect((await offered('')).toSorted()).toEqual(commands.toSorted())
  })

  const others = helpEntries.filter(({ command }) => command !== 'explain')
  test.each(others)('has every verb and option of $command, and no other', async ({ command, verbs, options }) => {
    expect((await offered(command, '')).toSorted()).toEqual([...verbs, ...named(options)].toSorted())
    expect((await offered(command, 'word', '')).toSorted()).toEqual(named(options).toSorted())
  })

  test('has every option of help with some command', () => {
    expect(new Set(helpEntries.flatMap(({ options }) => options))).toEqual(new Set(helpOptions))
  })

  test('has every code after explain', async () => {
    expect((await offered('explain', '')).toSorted()).toEqual(Object.keys(codes).toSorted())
  })

  test.each([
    [['an'], ['analyze']],
    [['analyze', 'c'], ['critical-chain']],
    [['munge-key', 'rotate', '--w'], ['--while-jobs-run']],
    [['explain', 'APT_LOCK'], ['APT_LOCKED']],
    [['frobnicate', ''], []],
  ])('makes of %j %j', async (words, completions) => {
    expect(await offered(...words)).toEqual(completions)
  })

  test.each(['--config', '--url', '--sha256', '--findings'])('leaves the value of %s to bash', async (option) => {
    expect(await offered('config', option, '')).toEqual([])
  })

  test.skipIf(noShellcheck !== undefined)('is what shellcheck finds nothing in', () => {
    const { stdout } = spawnSync('shellcheck', ['--shell=bash', completion], { encoding: 'utf8' })
    expect(stdout).toBe('')
  })
})
