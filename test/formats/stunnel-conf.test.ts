import { expect, test } from 'vitest'
import { connectName, printStunnelClient } from '../../src/formats/stunnel-conf.ts'

test('prints one client tunnel that verifies both chain and name', () => {
  const text = printStunnelClient({
    name: 'efs',
    accept: { address: '127.0.0.1', port: 22049 },
    connect: { name: 'fs-0123456789abcdef0.efs.us-east-1.amazonaws.com', port: 2049 },
    caFile: '/etc/ssl/certs/ca-certificates.crt',
  })
  expect(text).toBe(`; Written by slurm-node-agent, which undoes changes.
foreground = yes
syslog = no
pid =

[efs]
client = yes
accept = 127.0.0.1:22049
connect = fs-0123456789abcdef0.efs.us-east-1.amazonaws.com:2049
; Look the name up for each connection: the address behind it may change.
delay = yes
sni = fs-0123456789abcdef0.efs.us-east-1.amazonaws.com
checkHost = fs-0123456789abcdef0.efs.us-east-1.amazonaws.com
verifyChain = yes
CAfile = /etc/ssl/certs/ca-certificates.crt
sslVersionMin = TLSv1.2
renegotiation = no
TIMEOUTbusy = 20
TIMEOUTclose = 0
TIMEOUTidle = 70
`)
})

test('reads back whom the tunnel connects to', () => {
  const conf =
    '; connect = old:1\naccept = 127.0.0.1:22049\nconnect = fs-1.efs.us-east-1.amazonaws.com:2049\nsni = other\n'
  expect(connectName(conf)).toBe('fs-1.efs.us-east-1.amazonaws.com')
  expect(connectName('')).toBeUndefined()
})
