import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parseExportfs, printExports } from '../../src/formats/exports.ts'

/** Printed by exportfs 2.6.2. */
const printed = readFileSync(new URL('../fixtures/nfs/exportfs-v.txt', import.meta.url), 'utf8')

describe('what exportfs -v prints', () => {
  test('is read with the client of a long path on a line of its own', () => {
    const ours = [
      'sync',
      'wdelay',
      'hide',
      'no_subtree_check',
      'mountpoint',
      'sec=sys',
      'rw',
      'root_squash',
      'no_all_squash',
    ]
    const long = '/mnt/a-very-long-directory-name-indeed'
    const others = ['wdelay', 'hide', 'no_subtree_check', 'sec=sys']
    expect(parseExportfs(printed)).toEqual([
      { path: '/mnt/shared', client: '10.0.0.0/16', options: ours },
      { path: '/mnt/shared', client: '10.1.0.0/16', options: ours },
      { path: long, client: '10.0.5.1/16', options: ['sync', ...others, 'rw', 'root_squash', 'no_all_squash'] },
      { path: long, client: '10.9.0.1/32', options: ['async', ...others, 'ro', 'root_squash', 'no_all_squash'] },
      {
        path: '/mnt/work',
        client: '10.0.0.0/255.255.0.0',
        options: ours.map((option) => (option === 'mountpoint' ? 'mountpoint=/mnt/work' : option)),
      },
      { path: long, client: '*', options: ['sync', ...others, 'rw', 'no_root_squash', 'no_all_squash'] },
    ])
  })

  test('is empty while nothing is exported', () => {
    expect(parseExportfs('')).toEqual([])
  })
})

test('an exports file has a line a client', () => {
  const entry = { path: '/mnt/shared', options: ['rw', 'root_squash', 'mountpoint'] }
  const text = printExports([
    { ...entry, client: '10.0.0.0/16' },
    { ...entry, client: '10.1.0.0/16' },
  ])
  expect(text).toBe(
    '# Made by slurm-node-agent.\n/mnt/shared 10.0.0.0/16(rw,root_squash,mountpoint)\n/mnt/shared 10.1.0.0/16(rw,root_squash,mountpoint)\n',
  )
})
