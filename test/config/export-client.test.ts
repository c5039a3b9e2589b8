import { describe, expect, test } from 'vitest'
import * as z from 'zod/mini'
import { exportClient } from '../../src/config/export-client.ts'

function problemOf(value: unknown): string | undefined {
  return z
    .safeParse(exportClient, value)
    .error?.issues.map(({ message }) => message)
    .join('; ')
}

describe('a client of the export', () => {
  test.each([
    '10.0.0.0/16',
    '10.0.0.5/32',
    '2001:db8::/32',
    '2001:db8::1/128',
    'job-1',
    'job-1.ec2.internal',
    '3com.example',
    '10.example',
    '*',
  ])('may be %s', (client) => {
    expect(problemOf(client)).toBeUndefined()
  })

  const netgroup = 'must not be a netgroup: name its hosts or its network'
  const wildcard = 'must not be a wildcard: name the hosts or their network'
  const everybody = 'must not be every address: that is "*", with nfs.allowAnyClient'
  const neither = 'must be a host name, or a network in CIDR notation, such as "10.0.0.0/16" or "2001:db8::/32"'

  test.each([
    ['10.0.0.1/16', 'must be the address of the network itself: "10.0.0.0/16"'],
    ['2001:db8::1/64', 'must be the address of the network itself: "2001:db8::/64"'],
    ['2001:DB8::/32', 'must be the address of the network itself: "2001:db8::/32"'],
    ['10.0.0.5', 'must be written as a network: "10.0.0.5/32"'],
    ['2001:db8::5', 'must be written as a network: "2001:db8::5/128"'],
    ['0.0.0.0/0', everybody],
    ['10.0.0.0/0', everybody],
    ['::/0', everybody],
    ['@nodes', netgroup],
    ['*.example.com', wildcard],
    ['job-?', wildcard],
    ['job-[1-4]', wildcard],
    ['10.0.*', wildcard],
    ['10.0.0.0/33', neither],
    ['10.0.0.0/255.255.0.0', neither],
    ['10.0.0.0/016', neither],
    ['::ffff:10.0.0.0/112', neither],
    ['10.0.0', neither],
    ['10', neither],
    ['0x7f', neither],
    ['job.0x7f', neither],
    ['gss/krb5', neither],
    ['Job-1', neither],
    ['job_1', neither],
    ['-job', neither],
    ['job-', neither],
    ['job..internal', neither],
    ['job.', neither],
    ['.job', neither],
    ['a'.repeat(64), neither],
    [`${'a.'.repeat(127)}aa`, neither],
    ['', neither],
    [' ', neither],
    ['10.0.0.0/16 *', wildcard],
    ['10.0.0.0/16(rw)', neither],
    ['job(rw,no_root_squash)', neither],
    ['job\n/', neither],
    ['job\t', neither],
    ['"job"', neither],
    ['job#', neither],
    ['job\\', neither],
    ['$(reboot)', neither],
    ['é', neither],
    ['job\u202e', neither],
    [7, 'must be a host name or a network'],
    [null, 'must be a host name or a network'],
  ])('is not %j', (client, problem) => {
    expect(problemOf(client)).toBe(problem)
  })
})
