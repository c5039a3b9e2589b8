import { expect, test } from 'vitest'
import { parseGroup, parsePasswd } from '../../src/formats/passwd.ts'

test('accounts are read', () => {
  const stdout =
    'alice:x:2001:2001::/mnt/shared/home/alice:/bin/bash\nadmin:x:1000:1000:Debian,,,:/home/admin:/bin/bash\n'
  expect(parsePasswd(stdout)).toEqual([
    { name: 'alice', uid: 2001, gid: 2001, home: '/mnt/shared/home/alice' },
    { name: 'admin', uid: 1000, gid: 1000, home: '/home/admin' },
  ])
})

test('groups are read', () => {
  expect(parseGroup('alice:x:2001:\nadm:x:4:admin,alice\n')).toEqual([
    { name: 'alice', gid: 2001 },
    { name: 'adm', gid: 4 },
  ])
  expect(parseGroup('')).toEqual([])
})
