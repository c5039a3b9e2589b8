import { expect, test } from 'vitest'
import { everAskedFor, parseExports, printExport, printExports } from '../../src/formats/exports.ts'

const entry = { path: '/mnt/shared', options: ['rw', 'root_squash', 'mountpoint'] }
const two = [
  { ...entry, client: '10.0.0.0/16' },
  { ...entry, client: '2001:db8::/32' },
]

test('an exports file has a line a client', () => {
  const text =
    '# Made by slurm-node-agent.\n/mnt/shared 10.0.0.0/16(rw,root_squash,mountpoint)\n/mnt/shared 2001:db8::/32(rw,root_squash,mountpoint)\n'
  expect(printExports(two, [])).toBe(text)
  expect(two.map(printExport)).toEqual(text.trim().split('\n').slice(1))
  expect(parseExports(text)).toEqual(two.map(({ path, client }) => ({ path, client })))
})

test('an exports file remembers what it asked for, which exportfs is not asked for any more', () => {
  const [asked, stale] = [two.slice(0, 1), two.slice(1)]
  const text = printExports(asked, stale)
  expect(text).toBe(`${printExports(asked, [])}# no longer: /mnt/shared 2001:db8::/32\n`)
  expect(parseExports(text).map(({ client }) => client)).toEqual(['10.0.0.0/16'])
  expect(everAskedFor(text)).toEqual(two.map(({ path, client }) => ({ path, client })))
})

/** Those of exports(5), and what people write. */
test.each([
  ['nothing', '', []],
  ['comments', '# /srv *(rw)\n  # more\n\n', []],
  ['several clients', '/ master(rw) trusty(rw,no_root_squash)', ['/ master', '/ trusty']],
  ['default options', '/srv/www -sync,rw server @trusted @external(ro)', ['server', '@trusted', '@external'].map(at)],
  ['no client', '/srv/www', ['/srv/www *']],
  ['a blank before the options', '/srv/www (rw)', ['/srv/www *']],
  ['a comment behind', '/srv/www a(rw) # b(rw)', ['/srv/www a']],
  ['lines that go on', '/srv/www \\\n  a(rw) \\\n  b(ro)\n/home c', ['/srv/www a', '/srv/www b', '/home c']],
  ['a path in quotes', '"/srv/a b" a(rw)', ['/srv/a b a']],
  ['a path with escapes', '/srv/a\\040b a(rw)', ['/srv/a b a']],
  ['a slash at the end', '/srv/www/ a(rw)\n/ b', ['/srv/www a', '/ b']],
])('an exports file is read for who gets what: %s', (_what, text, exports) => {
  expect(parseExports(text).map(({ path, client }) => `${path} ${client}`)).toEqual(exports)
})

function at(client: string): string {
  return `/srv/www ${client}`
}
