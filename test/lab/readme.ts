import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'

const README = new URL('../../README.md', import.meta.url)

/** The commands, a line each, of the one block in the README that begins with this. */
export async function readmeCommands(beginning: string): Promise<readonly string[]> {
  const blocks = (await readFile(README, 'utf8')).matchAll(/^```sh\n(.*?)^```$/gms)
  const found = [...blocks].map(([, block = '']) => block).filter((block) => block.startsWith(beginning))
  assert.equal(found.length, 1, `one block of the README begins with ${beginning}`)
  return found.flatMap((block) => block.trim().split('\n'))
}
