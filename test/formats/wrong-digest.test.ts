import { expect, test } from 'vitest'
import { wrongDigest, wrongDigestIn } from '../../src/formats/wrong-digest.ts'

const sha256 = '0123456789abcdef'.repeat(4)

test('reads back the digest of a file that is another one', () => {
  expect(wrongDigestIn(wrongDigest('https://example.com/efs.deb', sha256))).toBe(sha256)
})

test.each(['HTTP 404', `https://example.com/efs.deb cannot be fetched: ${sha256}`, ''])(
  'reads none out of another error: %j',
  (error) => expect(wrongDigestIn(error)).toBeUndefined(),
)
