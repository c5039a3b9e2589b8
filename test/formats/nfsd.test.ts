import { expect, test } from 'vitest'
import { parseNfsd } from '../../src/formats/nfsd.ts'

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
