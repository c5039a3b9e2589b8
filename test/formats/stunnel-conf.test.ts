import { expect, test } from 'vitest'
import { checkedName, connectHost, printStunnelClient } from '../../src/formats/stunnel-conf.ts'

const name = 'fs-0123456789abcdef0.efs.us-east-1.amazonaws.com'

const printed = (host: string) => `; Written by slurm-node-agent, which undoes changes.
foreground = yes
syslog = no
pid =

[efs]
client = yes
accept = 127.0.0.1:22049
connect = ${host}:2049
; Look the name up for each connection: the address behind it may change.
delay = yes
sni = ${name}
checkHost = ${name}
verifyChain = yes
CAfile = /etc/ssl/certs/ca-certificates.crt
sslVersionMin = TLSv1.2
renegotiation = no
TIMEOUTbusy = 20
TIMEOUTclose = 0
TIMEOUTidle = 70
`

test.each([
  ['prints one client tunnel that verifies both chain and name', name],
  ['prints one that verifies the name where it connects to an address', '10.0.1.5'],
])('%s', (_what, host) => {
  const text = printStunnelClient({
    name: 'efs',
    accept: { address: '127.0.0.1', port: 22049 },
    connect: { host, port: 2049 },
    serverName: name,
    caFile: '/etc/ssl/certs/ca-certificates.crt',
  })
  expect(text).toBe(printed(host))
  expect([connectHost(text), checkedName(text)]).toEqual([host, name])
})

test('reads nothing out of what it did not print', () => {
  expect([connectHost('; connect = old:1\n'), checkedName('# checkHost = old\n')]).toEqual([undefined, undefined])
})
