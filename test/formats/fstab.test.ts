import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { deviceOf, entryAbove, type FstabEntry, ownEntry, rivalsOf, withEntry } from '../../src/formats/fstab.ts'

/** Of an Ubuntu cloud image, with what people add to it. */
const captured = readFileSync(new URL('../fixtures/fstab', import.meta.url), 'utf8')

const entry: FstabEntry = {
  source: 'UUID=0a1b2c3d-0000-4000-8000-000000000009',
  target: '/mnt/shared',
  type: 'ext4',
  options: ['defaults', 'nofail'],
  pass: 2,
}
const line = 'UUID=0a1b2c3d-0000-4000-8000-000000000009 /mnt/shared ext4 defaults,nofail,x-slurm-node-agent 0 2'

describe('withEntry', () => {
  test('adds a line of ours at the end and keeps all others as they are', () => {
    expect(withEntry(captured, entry)).toBe(`${captured}${line}\n`)
  })

  test('makes an empty file, and ends a last line that has no end', () => {
    expect(withEntry('', entry)).toBe(`${line}\n`)
    expect(withEntry('proc /proc proc', entry)).toBe(`proc /proc proc\n${line}\n`)
  })

  test('replaces our line in its place, whatever it says now', () => {
    const old = '/dev/sdf\t/mnt/shared/  xfs x-slurm-node-agent 0 0'
    expect(withEntry(`a /a ext4\n${old}\nb /b ext4\n`, entry)).toBe(`a /a ext4\n${line}\nb /b ext4\n`)
  })

  test('takes away our line for another place of the same source: the mount point was changed', () => {
    const moved = line.replace('/mnt/shared', '/mnt/old')
    expect(withEntry(`a /a ext4\n${moved}\nb /b ext4\n`, entry)).toBe(`a /a ext4\n${line}\nb /b ext4\n`)
    expect(withEntry(`${moved}\n${line}\n`, entry)).toBe(`${line}\n`)
  })

  test('leaves one of several lines of ours', () => {
    expect(withEntry(`${line}\n# x\n${line}\n${line}\n`, entry)).toBe(`${line}\n# x\n`)
  })

  test('does not touch what others wrote for the same place, nor our line for another', () => {
    const others = `/dev/sdz /mnt/shared ext4 defaults 0 0\n#${line}\n/dev/sdy /mnt/other ext4 x-slurm-node-agent 0 0\n`
    expect(withEntry(others, entry)).toBe(`${others}${line}\n`)
  })

  const foreign = fc.array(fc.oneof(fc.string(), fc.constantFrom(...captured.split('\n')), fc.constant(line)))

  test('twice is the same as once', () => {
    fc.assert(
      fc.property(foreign, (lines) => {
        const once = withEntry(lines.join('\n'), entry)
        expect(withEntry(once, entry)).toBe(once)
      }),
    )
  })

  test('leaves our line there once, and the lines of others byte for byte, but for blank ones at the end', () => {
    fc.assert(
      fc.property(foreign, (lines) => {
        const fstab = lines.join('\n')
        const edited = withEntry(fstab, entry)
        expect(linesOfOthers(edited)).toBe(linesOfOthers(fstab))
        expect(edited.split('\n').filter((other) => other === line)).toHaveLength(1)
      }),
    )
  })
})

test('ownEntry finds our entry for a place, and none of others', () => {
  expect(ownEntry(`${captured}${line}\n`, '/mnt/shared')).toMatchObject({ source: entry.source })
  expect(ownEntry(`/dev/sdz /mnt/shared ext4 defaults 0 0\n#${line}\n`, '/mnt/shared')).toBeUndefined()
})

test.each([
  ['/srv/accounting/mysql', '/srv/accounting'],
  ['/srv/accounting', '/srv/accounting'],
  ['/srv/accounting-2', '/srv'],
  ['/var/lib/mysql', undefined],
])('entryAbove finds the deepest place that holds %s, but for the root: %s', (path, target) => {
  const table =
    'a / ext4 defaults 0 1\nb /srv ext4 nofail 0 2\n# c /var ext4\nd /srv/accounting xfs\ne none swap sw 0 0\n'
  expect(entryAbove(table, path)?.target).toBe(target)
})

// As systemd-fstab-generator 252 names the device units that it has the mounts wait for.
test.each([
  ['/dev/xvdg', '/dev/xvdg'],
  ['UUID=0a1b2c3d-0000-4000-8000-000000000009', '/dev/disk/by-uuid/0a1b2c3d-0000-4000-8000-000000000009'],
  ['LABEL=slurm-state', '/dev/disk/by-label/slurm-state'],
  ['PARTUUID=0a1b2c3d-01', '/dev/disk/by-partuuid/0a1b2c3d-01'],
  ['PARTLABEL=state', '/dev/disk/by-partlabel/state'],
  ['LABEL=with a blank', undefined],
  ['ID=nvme-of-somebody', undefined],
  ['10.0.0.7:/exported', undefined],
  ['tmpfs', undefined],
])('deviceOf knows the device of %s: %s', (source, device) => {
  expect(deviceOf({ ...entry, source })).toBe(device)
})

describe('rivalsOf', () => {
  test('finds nothing in a file that has only us', () => {
    expect(rivalsOf(withEntry(captured, entry), entry.target, [entry.source])).toEqual([])
  })

  // As `findmnt --tab-file` reads the same lines (util-linux 2.38.1).
  test.each<[string, string, readonly string[], FstabEntry]>([
    [
      'the place',
      '/mnt',
      [],
      {
        source: '/dev/xvdb',
        target: '/mnt',
        type: 'auto',
        options: ['defaults', 'nofail', 'comment=cloudconfig'],
        pass: 2,
      },
    ],
    [
      'one of the sources',
      '/x',
      ['/dev/y', 'LABEL=UEFI'],
      { source: 'LABEL=UEFI', target: '/boot/efi', type: 'vfat', options: ['umask=0077'], pass: 1 },
    ],
    [
      'the root',
      '/',
      [],
      {
        source: 'LABEL=cloudimg-rootfs',
        target: '/',
        type: 'ext4',
        options: ['discard', 'commit=30', 'errors=remount-ro'],
        pass: 1,
      },
    ],
    [
      'a short line',
      '/mnt/short',
      [],
      { source: '/dev/sdg', target: '/mnt/short', type: 'ext4', options: ['defaults'], pass: 0 },
    ],
  ])('finds an entry of others by %s', (_by, target, sources, rival) => {
    expect(rivalsOf(captured, target, sources)).toEqual([rival])
  })

  test('reads escapes, and a slash at the end', () => {
    expect(rivalsOf(captured, '/mnt/a b', [])).toMatchObject([{ type: 'ext4' }])
  })

  test('does not take comments for entries', () => {
    expect(rivalsOf(`#${line}\n  # ${line}\n\n \t\n`, entry.target, [entry.source])).toEqual([])
  })

  // systemd-fstab-generator simplifies the path and takes the quotes off: both are the same unit or device to it.
  test('finds a place that is written with two slashes', () => {
    expect(rivalsOf(captured, '/mnt/nas', [])).toHaveLength(1)
  })
  test('finds a source that is written in quotes', () => {
    expect(rivalsOf(captured, '/x', ['UUID=0a1b2c3d-0000-4000-8000-000000000001'])).toHaveLength(1)
  })
})

function linesOfOthers(fstab: string): string {
  const others = fstab.split('\n').filter((other) => other !== line)
  return others.join('\n').replace(/\n*$/, '')
}
