import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const module = new URL('../../../agent/report/style.ts', import.meta.url).href
const program = `import { style } from ${JSON.stringify(module)}; process.stdout.write(style('failed', 'no'))`

/** What it prints on a terminal, or into a pipe. */
async function printed(onTerminal: boolean, env: Readonly<Record<string, string>>): Promise<string> {
  const argv = [process.execPath, '--input-type=module', '--eval', program]
  const quoted = argv.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(' ')
  const [file, args] = onTerminal ? ['script', ['-qec', quoted, '/dev/null']] : [process.execPath, argv.slice(1)]
  const { PATH = '' } = process.env
  const { stdout } = await promisify(execFile)(file, args, { env: { PATH, TERM: 'xterm-256color', ...env } })
  return stdout
}

test('states have their colour on a terminal', async () => {
  expect(await printed(true, {})).toBe('\u001B[31mno\u001B[39m')
})

test('NO_COLOR is heeded', async () => {
  expect(await printed(true, { NO_COLOR: '1' })).toBe('no')
})

test('nothing but text goes into a pipe', async () => {
  expect(await printed(false, {})).toBe('no')
})
