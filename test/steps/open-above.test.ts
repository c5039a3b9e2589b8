import { expect, test } from 'vitest'
import { openAbove } from '../../src/steps/open-above.ts'
import { configuration } from './configuration.ts'
import { directory, type Place, smallMachine } from './small-machine.ts'

const foundAbove = (place: string, ...tree: readonly (readonly [string, Place])[]) =>
  openAbove(place, 'mysql', configuration(), smallMachine({ local: new Map(tree) }).host)

test.each<readonly [string, Place, string]>([
  ['/mnt/shared/a', directory(0o1777), 'can be written by others than root and mysql'],
  ['/mnt/shared/a', directory(0o775), 'can be written by others than root and mysql'],
  ['/mnt/shared/a', directory(0o755, 'alice:alice'), 'belongs to alice:alice'],
  ['/mnt/shared/a', { kind: 'symlink', target: '/home/alice' }, 'is a symbolic link to /home/alice'],
  ['/mnt/shared', directory(0o777), 'can be written by others than root and mysql'],
  ['/mnt/shared', directory(0o1777, 'alice:alice'), 'belongs to alice:alice'],
])('users could put a directory in the place of one below %s, which %j', async (path, place, words) => {
  expect(await foundAbove('/mnt/shared/a/mysql', [path, place])).toBe(`${path} ${words}`)
})

test("they cannot by what is sticky further up, nor by what is the daemon's own, nor by what is not there", async () => {
  const sticky = ['/mnt/shared', directory(0o1777)] as const
  expect(await foundAbove('/mnt/shared/a/b/mysql', sticky, ['/mnt/shared/a', directory(0o750, 'mysql:mysql')])).toBe(
    undefined,
  )
})

test('it is no matter on a disk of this machine alone, nor above the mount point', async () => {
  expect(await foundAbove('/srv/a/mysql', ['/srv/a', directory(0o777)])).toBe(undefined)
  expect(await foundAbove('/mnt/shared/mysql', ['/mnt', directory(0o777)])).toBe(undefined)
})
