import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { mountAt, mountTypes, parseMountinfo } from '../../src/formats/mountinfo.ts'

/** Of a Debian 12 with mounts over mounts, bind mounts, and names that must be escaped. */
const captured = readFileSync(new URL('../fixtures/mountinfo.txt', import.meta.url), 'utf8')

describe('parseMountinfo', () => {
  const mounts = parseMountinfo(captured)

  test('finds every mount, in order', () => {
    expect(mounts.map(({ target }) => target)).toEqual([
      '/',
      '/proc',
      '/dev/pts',
      '/dev/pts',
      '/mnt/work',
      '/mnt/work/hash#é',
      '/mnt/work/a b',
      '/mnt/work/hash#é',
      '/mnt/work/tab\tx',
      '/mnt/work/back\\slash',
      '/mnt/work/hash#é',
      '/mnt/work/a b',
      '/mnt/shared',
      '/mnt/shared',
    ])
  })

  test('tells device, source, type, and the options of mount and superblock', () => {
    expect(mounts[0]).toEqual({
      device: '254:0',
      root: '/',
      target: '/',
      type: 'ext4',
      source: '/dev/vda',
      options: ['rw', 'relatime', 'rw', 'discard'],
    })
    expect(mounts[6]).toMatchObject({ target: '/mnt/work/a b', source: 'odd source' })
    expect(mounts[12]).toEqual({
      device: '7:0',
      root: '/',
      target: '/mnt/shared',
      type: 'ext4',
      source: '/dev/loop0',
      options: ['rw', 'noatime', 'rw'],
    })
  })

  test('takes a source without a name', () => {
    expect(mounts.at(-1)).toEqual({
      device: '0:59',
      root: '/',
      target: '/mnt/shared',
      type: 'tmpfs',
      source: '',
      options: ['rw', 'relatime', 'rw'],
    })
  })

  test('tells which directory of the file system a bind mount shows', () => {
    expect(parseMountinfo('36 35 98:0 /a\\040b /mnt rw - ext4 /dev/x rw')).toMatchObject([{ root: '/a b' }])
  })

  test.each([
    ['none', '36 35 98:0 / /mnt rw - ext4 /dev/x rw'],
    ['one', '36 35 98:0 / /mnt rw master:1 - ext4 /dev/x rw'],
    ['several', '36 35 98:0 / /mnt rw shared:2 master:1 propagate_from:7 unbindable - ext4 /dev/x rw'],
  ])('takes %s of the optional fields', (_count, line) => {
    expect(parseMountinfo(line)).toEqual([
      { device: '98:0', root: '/', target: '/mnt', type: 'ext4', source: '/dev/x', options: ['rw', 'rw'] },
    ])
  })

  test('is not misled by a hyphen in the fields before', () => {
    expect(parseMountinfo('36 35 98:0 / - rw - ext4 /dev/x rw')).toMatchObject([{ target: '-', type: 'ext4' }])
  })

  test.each(['', '\n', '\n\n'])('finds nothing in %j', (text) => expect(parseMountinfo(text)).toEqual([]))

  test.each(['36 35 98:0 / /mnt rw', '36 35 98:0 / /mnt rw shared:1 ext4 /dev/x rw', 'text', '36 35 98:0 / /mnt rw -'])(
    'does not guess at %j',
    (line) => expect(() => parseMountinfo(line)).toThrow(`not a line of mountinfo: ${line}`),
  )
})

describe('mountAt', () => {
  const mounts = parseMountinfo(captured)

  test('of several mounts on one another sees the last', () => {
    expect(mountAt(mounts, '/mnt/shared')?.type).toBe('tmpfs')
    expect(mountAt(mounts, '/mnt/work/a b')?.source).toBe('above')
  })

  test('sees what was mounted over a directory above, later', () => {
    const over = '91 1 259:9 / /mnt rw - ext4 /dev/scratch rw'
    const root = '1 0 259:1 / / rw - ext4 /dev/root rw'
    const seen = (...lines: string[]) => mountAt(parseMountinfo(lines.join('\n')), '/mnt/work')?.source
    const work = '90 1 0:50 / /mnt/work rw - nfs4 efs:/ rw'
    expect(seen(root, work, over)).toBe('/dev/scratch')
    expect(seen(root, over, work)).toBe('efs:/')
    expect(seen(work, root)).toBe('efs:/')
  })

  test('sees nothing below or beside a mount', () => {
    expect(mountAt(mounts, '/mnt')).toBeUndefined()
    expect(mountAt(mounts, '/mnt/work/x')).toBeUndefined()
    expect(mountAt(mounts, '/mnt/wor')).toBeUndefined()
  })
})

test('mountTypes has the type of each mount by its ID', () => {
  const types = mountTypes(captured)
  expect([types.size, types.get('174'), types.get('195')]).toEqual([14, 'ext4', 'tmpfs'])
})
