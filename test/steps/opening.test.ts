import { expect, test } from 'vitest'
import { openingTo } from '../../src/steps/opening.ts'
import { configuration } from './configuration.ts'
import { directory, type Place, smallMachine } from './small-machine.ts'

const openingAt = (place: string, ...tree: readonly (readonly [string, Place])[]) =>
  openingTo(place, 'mysql', configuration(), smallMachine({ local: new Map(tree) }).host)

const byMode = 'can be written by others than root and mysql'

test.each<readonly [string, Place, string, string]>([
  ['/mnt/shared/a/mysql', directory(0o770, 'mysql:mysql'), byMode, 'chmod go-w /mnt/shared/a/mysql'],
  ['/mnt/shared/a', directory(0o1777), byMode, 'chmod go-w /mnt/shared/a'],
  ['/mnt/shared/a', directory(0o775), byMode, 'chmod go-w /mnt/shared/a'],
  [
    '/mnt/shared/a',
    directory(0o755, 'alice:alice'),
    'belongs to alice:alice',
    'chown root:root /mnt/shared/a; chmod go-w /mnt/shared/a',
  ],
  [
    '/mnt/shared/a',
    { kind: 'symlink', target: '/home/alice' },
    'is a symbolic link to /home/alice',
    "put a directory of root's in the place of /mnt/shared/a",
  ],
  ['/mnt/shared', directory(0o777), byMode, 'chmod go-w /mnt/shared'],
  ['/mnt/shared', directory(0o1777), byMode, 'chmod go-w /mnt/shared'],
])('others could choose what is in a directory by %s, which %j', async (path, place, words, hint) => {
  expect(await openingAt('/mnt/shared/a/mysql', [path, place])).toEqual({ because: `${path} ${words}`, hint })
})

test("they cannot by what is sticky above one of root's or the daemon's", async () => {
  const sticky = ['/mnt/shared', directory(0o1777)] as const
  for (const owner of ['root:root', 'mysql:mysql']) {
    expect(await openingAt('/mnt/shared/a/b/mysql', sticky, ['/mnt/shared/a', directory(0o755, owner)])).toBe(undefined)
  }
})

test("nor by a sticky one right above what is the daemon's already", async () => {
  const sticky = ['/mnt/shared', directory(0o1777)] as const
  const place = (owner: string) => ['/mnt/shared/mysql', directory(0o700, owner)] as const
  expect(await openingAt('/mnt/shared/mysql', sticky, place('mysql:mysql'))).toBe(undefined)
  expect(await openingAt('/mnt/shared/mysql', sticky, place('alice:alice'))).toBeDefined()
})

test('it is no matter on a disk of this machine alone, nor above the mount point', async () => {
  expect(await openingAt('/srv/a/mysql', ['/srv/a', directory(0o777)])).toBe(undefined)
  expect(await openingAt('/mnt/shared/mysql', ['/mnt', directory(0o777)])).toBe(undefined)
})
