import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { withName } from '../../src/formats/hosts.ts'

const ours = '10.0.0.5 frontend # slurm-node-agent\n'
const edited = (hosts: string) => withName(hosts, 'frontend', '10.0.0.5')

describe('/etc/hosts with a name for an address', () => {
  test.each([
    ['an empty file', '', ''],
    ['a file without a newline at its end', '127.0.0.1 localhost', '127.0.0.1 localhost\n'],
    ['blank lines at the end', '127.0.0.1 localhost\n\n\n', '127.0.0.1 localhost\n'],
    ['the line of an earlier address', '10.0.0.9 frontend # slurm-node-agent\n', ''],
    ['the line of an earlier name', '10.0.0.5 other # slurm-node-agent\n', ''],
    ['our line twice', `${ours}${ours}`, ''],
    ['our line with lines of others after it', `${ours}10.0.0.7 db\n`, '10.0.0.7 db\n'],
    ["Debian's line for the name", '127.0.0.1 localhost\n127.0.1.1\tfrontend\n', '127.0.0.1 localhost\n'],
    ['the name among others', '127.0.1.1\tfrontend.lan  frontend fe\n', '127.0.1.1 frontend.lan fe\n'],
    ['the name in capitals, which resolvers take for the same', '127.0.1.1 Frontend\n', ''],
    ['the name on an IPv6 line', '::1 localhost frontend\n', '::1 localhost\n'],
    ['the name of an address with a comment', '127.0.1.1 frontend # set at install\n', '# set at install\n'],
    ['a comment behind other names', '127.0.1.1 frontend fe # mine\n', '127.0.1.1 fe # mine\n'],
    ['a comment that tells of the name', '# frontend was here\n', '# frontend was here\n'],
    ['a name that begins like it', '10.0.0.8 frontend2 frontend.lan\n', '10.0.0.8 frontend2 frontend.lan\n'],
    [
      'comments, blank lines and tabs of others',
      '# mine\n\n10.0.0.7\tdb   # a comment\n',
      '# mine\n\n10.0.0.7\tdb   # a comment\n',
    ],
  ])('of %s', (_what, hosts, others) => {
    expect(edited(hosts)).toBe(`${others}${ours}`)
  })

  const word = fc.constantFrom(
    'frontend',
    'Frontend',
    'db',
    '127.0.1.1',
    '::1',
    '#',
    '# slurm-node-agent',
    ' ',
    '\t',
    '\n',
  )
  const file = fc.array(word, { maxLength: 40 }).map((words) => words.join(' '))

  test('is the same after a second edit', () => {
    fc.assert(
      fc.property(file, (hosts) => {
        expect(edited(edited(hosts))).toBe(edited(hosts))
      }),
    )
  })

  test('gives the name to that address alone', () => {
    fc.assert(
      fc.property(file, (hosts) => {
        const entries = edited(hosts)
          .split('\n')
          .map((line) => line.split('#')[0]?.trim().toLowerCase().split(/\s+/) ?? [])
        const named = entries.filter(([, ...names]) => names.includes('frontend'))
        expect(named).toEqual([['10.0.0.5', 'frontend']])
      }),
    )
  })
})
