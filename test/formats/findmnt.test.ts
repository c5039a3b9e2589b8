import { expect, test } from 'vitest'
import { parseFindmnt } from '../../src/formats/findmnt.ts'

/** findmnt 2.38.1, of a file with a line that is no entry. */
const captured = `{
   "filesystems": [
      {
         "source": "UUID=123",
         "target": "/",
         "fstype": "ext4",
         "options": "defaults"
      },{
         "source": "fs-1:/",
         "target": "/mnt/my x",
         "fstype": "efs",
         "options": "tls"
      }
   ]
}
`

test('entries are read with their names unescaped', () => {
  expect(parseFindmnt({ exitCode: 0, stdout: captured })).toEqual([
    { source: 'UUID=123', target: '/', type: 'ext4', options: 'defaults' },
    { source: 'fs-1:/', target: '/mnt/my x', type: 'efs', options: 'tls' },
  ])
})

test('a file without entries has none', () => {
  expect(parseFindmnt({ exitCode: 1, stdout: '' })).toEqual([])
})

test.each(['', '[]', '{"filesystems":[{"source":"/dev/x"}]}'])('%j is not taken for an answer', (stdout) => {
  expect(() => parseFindmnt({ exitCode: 0, stdout })).toThrow(Error)
})
