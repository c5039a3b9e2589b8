import { describe, expect, test } from 'vitest'
import { nodeMirror, nodeTarballs } from '../../scripts/package/node-tarballs.ts'
import { shasums } from './made-up-shasums.ts'

const mirror = nodeMirror

describe('the tarballs of Node', () => {
  test('are those for both processors, with the checksums of Node, at the mirror', () => {
    expect(nodeTarballs(shasums(), mirror)).toEqual({
      major: 24,
      text: `${'a'.repeat(64)}  https://nodejs.org/dist/v24.9.0/node-v24.9.0-linux-arm64.tar.gz
${'b'.repeat(64)}  https://nodejs.org/dist/v24.9.0/node-v24.9.0-linux-x64.tar.gz
`,
    })
  })

  test('are at the mirror that is given', () => {
    const { text } = nodeTarballs(shasums(), 'https://mirror.example.com/node')
    expect(text).toMatch(
      /^b{64} {2}https:\/\/mirror\.example\.com\/node\/v24\.9\.0\/node-v24\.9\.0-linux-x64\.tar\.gz$/m,
    )
  })

  test.each([
    [
      'a file of something else',
      'hello\n',
      'it is not the SHASUMS256.txt of one Node release: it has tarballs for linux of none',
    ],
    ['two releases', shasums() + shasums({ version: '24.8.0' }), /: it has tarballs for linux of 24\.9\.0, 24\.8\.0$/],
    ['a Node that is too old', shasums({ version: '22.1.0' }), 'it is of Node 22.1.0; the agent needs >=24'],
    [
      'one processor alone',
      shasums({ platforms: ['linux-ppc64le', 'linux-x64'] }),
      'it has no tarball of Node 24.9.0 for linux-arm64; it has linux-ppc64le, linux-x64',
    ],
  ])('are not made of %s', (_what, text, problem) => {
    expect(() => nodeTarballs(text, mirror)).toThrow(problem)
  })

  test.each(['http://mirror.example.com', 'https://user:word@example.com', 'https://example.com/a b', 'mirror'])(
    'are not fetched from %s',
    (bad) => {
      expect(() => nodeTarballs(shasums(), bad)).toThrow(/^with this --node-mirror, \S.* must be an https URL/)
    },
  )
})
