import { describe, expect, test } from 'vitest'
import { parseConfig, problemLine } from '../../src/config/parse.ts'
import { least } from './written.ts'

function problems(efs: object): readonly string[] {
  const parsed = parseConfig(JSON.stringify({ ...least, efs: { ...least.efs, ...efs } }))
  return parsed.is === 'good' ? [] : parsed.problems.map(problemLine)
}

const accessPoint = 'fsap-0123456789abcdef0'
const utilsPackage = { url: 'https://example.com/efs.deb', sha256: 'a'.repeat(64) }

describe('the options of EFS', () => {
  test.each([
    { iam: true },
    { accessPoint },
    { client: 'efs-utils', iam: true, accessPoint },
    { iam: false, tls: false },
    { client: 'nfs', tls: false },
    { client: 'efs-utils', utilsPackage },
    { utilsPackage, tls: false },
    { client: 'nfs' },
    { client: 'efs-utils', tls: false },
    { client: 'nfs', availabilityZone: 'us-east-1a' },
    { client: 'stunnel', availabilityZone: 'us-east-1a', mountTargetIp: '10.0.1.5' },
  ])('may be %j', (efs) => {
    expect(problems(efs)).toEqual([])
  })

  test.each<[object, readonly string[]]>([
    [{ iam: true, tls: false }, ['efs.iam: must not be given without efs.tls']],
    [{ accessPoint, tls: false }, ['efs.accessPoint: must not be given without efs.tls']],
    [
      { client: 'stunnel', iam: true },
      ['efs.iam: must not be given with the client "stunnel": it is for amazon-efs-utils alone'],
    ],
    [
      { client: 'nfs', iam: true, accessPoint },
      [
        'efs.iam: must not be given with the client "nfs": it is for amazon-efs-utils alone',
        'efs.accessPoint: must not be given with the client "nfs": it is for amazon-efs-utils alone',
      ],
    ],
    [
      { client: 'stunnel', utilsPackage },
      ['efs.utilsPackage: must not be given with the client "stunnel": it is for amazon-efs-utils alone'],
    ],
    [
      { client: 'stunnel', tls: false },
      ['efs.tls: must not be false with the client "stunnel", which is TLS; "nfs" is without'],
    ],
    [
      { client: 'nfs', tls: true },
      ['efs.tls: must not be true with the client "nfs", which is without; "stunnel" is TLS'],
    ],
    [
      { client: 'nfs', tls: false, iam: true },
      ['efs.iam: must not be given with the client "nfs": it is for amazon-efs-utils alone'],
    ],
  ])('may not be %j', (efs, expected) => {
    expect(problems(efs)).toEqual(expected)
  })

  test.each([
    [{}, true],
    [{ client: 'efs-utils' }, true],
    [{ client: 'nfs' }, false],
    [{ tls: false }, false],
  ])('%j have TLS: %j, and are the same where that is written out', (efs, tls) => {
    const parsed = parseConfig(JSON.stringify({ ...least, efs: { ...least.efs, ...efs } }))
    expect(parsed).toMatchObject({ is: 'good', config: { efs: { tls } } })
    expect(parsed.is === 'good' && parseConfig(JSON.stringify(parsed.config))).toEqual(parsed)
  })

  test.each<[object, readonly string[]]>([
    [{}, ['is missing, and must be an https URL', 'is missing, and must be a SHA-256']],
    [{ ...utilsPackage, url: 'http://example.com/efs.deb' }, ['must be an https URL']],
    [{ ...utilsPackage, sha256: 'A'.repeat(64) }, ['must be a SHA-256']],
  ])('name a package as it can be checked: not %j', (named, expected) => {
    expect(problems({ utilsPackage: named })).toEqual(expected.map((words) => expect.stringContaining(words)))
  })

  test('are not held against a value that is wrong by itself', () => {
    expect(problems({ client: 'stunel', iam: true })).toEqual([
      'efs.client: must be "auto", "efs-utils", "stunnel" or "nfs"',
    ])
    expect(problems({ tls: 'no', iam: true })).toEqual(['efs.tls: must be true or false'])
  })
})
