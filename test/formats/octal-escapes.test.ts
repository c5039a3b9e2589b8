import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { unescapeOctal } from '../../src/formats/octal-escapes.ts'

test.each([
  ['/mnt/a\\040b', '/mnt/a b'],
  ['/mnt/tab\\011x', '/mnt/tab\tx'],
  ['/mnt/line\\012x', '/mnt/line\nx'],
  ['/mnt/back\\134slash', '/mnt/back\\slash'],
  ['/mnt/hash\\043x', '/mnt/hash#x'],
  ['\\134040', '\\040'],
  ['/mnt/é', '/mnt/é'],
  ['\\04', '\\04'],
  ['\\x20', '\\x20'],
  ['', ''],
])('%j stands for %j', (escaped, plain) => {
  expect(unescapeOctal(escaped)).toBe(plain)
})

test('undoes what the kernel does to any path', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(' ', '\t', '\n', '\\', '#', '0', '4', 'a', 'é') }), (path) => {
      expect(unescapeOctal(escapeOctal(path))).toBe(path)
    }),
  )
})

/** As seq_path() of the kernel: blanks, tabs, newlines, backslashes and, in newer ones, hashes. */
function escapeOctal(path: string): string {
  return path.replaceAll(/[ \t\n\\#]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`)
}
