import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { exportfsArgument, parseExportfs } from '../../src/formats/exportfs.ts'

const fixture = (name: string) => readFileSync(new URL(`../fixtures/nfs/${name}.txt`, import.meta.url), 'utf8')

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
    // Printed by exportfs 2.6.2, no kernel server being there.
    expect(parseExportfs(fixture('exportfs-v'))).toEqual([
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

  test('is read with clients of every kind, as a running server has them', () => {
    // Printed by exportfs 2.6.2 on Linux 6.1; the host was exported to as `uml`, its canonical name is another.
    expect(parseExportfs(fixture('exportfs-v-nfsd')).map(({ path, client }) => `${client}:${path}`)).toEqual([
      '10.9.9.9:/srv',
      'ip-10-0-0-11.ec2.internal:/mnt/shared',
      '10.0.0.0/17:/mnt/shared',
      '127.0.0.0/8:/mnt/shared',
      '2001:db8::/32:/mnt/shared',
      '*:/mnt/shared',
    ])
  })

  test('is empty while nothing is exported', () => {
    expect(parseExportfs('')).toEqual([])
  })
})

/** Each was taken by exportfs -u of nfs-utils 2.6.2. */
test.each([
  ['10.0.0.0/16', '10.0.0.0/16:/mnt/shared'],
  ['ip-10-0-0-11.ec2.internal', 'ip-10-0-0-11.ec2.internal:/mnt/shared'],
  ['*', '*:/mnt/shared'],
  ['2001:db8:1::/48', '[2001:db8:1::]/48:/mnt/shared'],
  ['2001:db8::1', '[2001:db8::1]:/mnt/shared'],
])('exportfs is told of an export to %s', (client, argument) => {
  expect(exportfsArgument({ path: '/mnt/shared', client })).toBe(argument)
})
