import { execFileSync } from 'node:child_process'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryDirectory } from './temporary-directory.ts'

const module = new URL('../../agent/code-cache.ts', import.meta.url).href
const program = '(function () { function twice(n) { return n * 2 } return twice(21) })'

/**
 * In a process of its own, as V8 remembers within one. What the program says, and whether V8 refused the code that was
 * kept: undefined where it got none.
 */
function run(path: string | undefined, text = program, ...flags: readonly string[]): readonly unknown[] {
  const script = `
    const { compile } = await import(${JSON.stringify(module)})
    const { script, keep } = compile(${JSON.stringify(text)}, ${JSON.stringify(path)})
    const said = script.runInThisContext()()
    keep()
    process.stdout.write(JSON.stringify({ said, refused: script.cachedDataRejected }))`
  const out = execFileSync(process.execPath, [...flags, '--input-type=module', '--eval', script], { encoding: 'utf8' })
  const { said, refused } = JSON.parse(out)
  return [said, refused]
}

test('the code of a run is kept for the next, once', async () => {
  const path = join(await temporaryDirectory(), 'code-cache')
  expect(run(path)).toEqual([42, undefined])
  const { mtimeMs } = await stat(path)
  expect(run(path)).toEqual([42, false])
  expect((await stat(path)).mtimeMs).toBe(mtimeMs)
})

test.each<[string, (file: Buffer) => Buffer]>([
  ['is empty', () => Buffer.alloc(0)],
  ['was cut off', (file) => file.subarray(0, file.length / 2)],
  ['has nothing but zeros', (file) => Buffer.alloc(file.length)],
  [
    'has one bit turned',
    (file) => Buffer.concat([file.subarray(0, -9), Buffer.of((file.at(-9) ?? 0) ^ 1), file.subarray(-8)]),
  ],
])('a file that %s is not given to V8, and another is made', async (_what, damage) => {
  const path = join(await temporaryDirectory(), 'code-cache')
  run(path)
  await writeFile(path, damage(await readFile(path)))
  expect(run(path)).toEqual([42, undefined])
  expect(run(path)).toEqual([42, false])
})

test('the code of another program is not taken, though it is as long', async () => {
  const path = join(await temporaryDirectory(), 'code-cache')
  expect(run(path, program.replace('n * 2', 'n * 3'))).toEqual([63, undefined])
  expect(run(path)).toEqual([42, undefined])
  expect(run(path)).toEqual([42, false])
})

test('what V8 refuses is made again', async () => {
  const path = join(await temporaryDirectory(), 'code-cache')
  run(path, program, '--no-opt')
  expect(run(path)).toEqual([42, true])
  expect(run(path)).toEqual([42, false])
})

test('where nothing can be kept, the program runs all the same', async () => {
  const file = join(await temporaryDirectory(), 'file')
  await writeFile(file, '')
  expect(run(join(file, 'program'))).toEqual([42, undefined])
  expect(run(undefined)).toEqual([42, undefined])
})
