import { expect, test } from 'vitest'
import { parseNfsd, unansweredUuids } from '../../src/formats/nfsd.ts'

/** By Linux 6.1. */
test.each([
  ['Debian’s defaults', '+3 +4 +4.1 +4.2\n', '8\n', { threads: 8, v3: true, v4: true }],
  ['NFSv4 alone', '-3 +4 +4.1 +4.2\n', '16\n', { threads: 16, v3: false, v4: true }],
  ['an older kernel', '-2 +3 -4\n', '8\n', { threads: 8, v3: true, v4: false }],
  ['a server that is stopped', '-3 +4 +4.1 +4.2\n', '0\n', { threads: 0, v3: false, v4: true }],
  ['nothing', '\n', '0\n', { threads: 0, v3: false, v4: false }],
])('the kernel shows %s', (_what, versions, threads, settings) => {
  expect(parseNfsd(versions, threads)).toEqual(settings)
})

/** By Linux 6.1, while a client waits for a volume that is not mounted, and after it was. */
test('file systems that clients ask for in vain', () => {
  const header = '#domain fsidtype fsid [path]\n'
  const root = '10.0.0.0/16 1 0x00000000 /\n'
  const id = '10.0.0.0/16 6 0x400c45f4ed4db7c855145c9be3db5f97'
  expect(unansweredUuids(`${header}# ${id}\n${root}`)).toEqual(['f4450c40-c8b7-4ded-9b5c-1455975fdbe3'])
  expect(unansweredUuids(`${header}${id} /mnt/shared\n${root}`)).toEqual([])
  expect(unansweredUuids('')).toEqual([])
})
