import { describe, expect, test } from 'vitest'
import { exportClients, unresolvedClients } from '../../src/steps/nfs-clients.ts'
import { fakeHost, signal } from '../fake-host.ts'
import { configuration } from './configuration.ts'

const ofVpc = 'meta-data/network/interfaces/macs/0a:00:00:00:00:01/vpc-ipv4-cidr-blocks'
const asIs = (written: string) => ({ written, shown: written })

describe('the clients of the export', () => {
  test('are the configured ones, a host by its canonical name as well', async () => {
    const clients = ['10.0.0.0/16', '2001:db8::/32', 'job-1', 'job-9', '*']
    const commands = {
      // As getent of glibc 2.36 prints it.
      'getent ahosts job-1':
        '10.0.0.5        STREAM IP-10-0-0-5.ec2.internal\n10.0.0.5        DGRAM  \n10.0.0.5        RAW    \n',
      'getent ahosts job-9': { exitCode: 2 },
    }
    const config = configuration({ nfs: { clients, allowAnyClient: true } })
    expect(await exportClients(config, fakeHost({ commands }), signal)).toEqual([
      asIs('10.0.0.0/16'),
      asIs('2001:db8::/32'),
      { written: 'job-1', shown: 'ip-10-0-0-5.ec2.internal' },
      { written: 'job-9', shown: undefined },
      asIs('*'),
    ])
  })

  test.each([
    ['one network', '10.0.0.0/16', ['10.0.0.0/16']],
    ['several networks', '10.0.0.0/16\n10.1.0.0/16\n', ['10.0.0.0/16', '10.1.0.0/16']],
    ['a page that is no list of networks', '<html>404</html>', []],
    ['no answer', undefined, []],
  ])('are the networks of the VPC: %s', async (_what, answer, clients) => {
    const metadata = { 'meta-data/mac': '0a:00:00:00:00:01\n', [ofVpc]: answer }
    expect(await exportClients(configuration(), fakeHost({ metadata }), signal)).toEqual(clients.map(asIs))
  })

  test('are nobody off EC2', async () => {
    const host = fakeHost({ metadata: { 'meta-data/mac': undefined } })
    expect(await exportClients(configuration(), host, signal)).toEqual([])
  })

  test('are told of when their names do not resolve', () => {
    expect(unresolvedClients([asIs('10.0.0.0/16'), { written: 'job-9', shown: undefined }])).toEqual([
      { code: 'NFS_CLIENT_UNRESOLVED', text: 'job-9 does not resolve: nothing new is exported to it' },
    ])
  })
})
