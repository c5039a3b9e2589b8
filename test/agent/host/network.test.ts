import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os'
import { createServer as createTlsServer } from 'node:tls'
import { Worker } from 'node:worker_threads'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { primaryAddress, resolve, tcpTrouble, tlsTrouble } from '../../../agent/host/network.ts'
import { signal } from '../../fake-host.ts'
import { certificateFor } from './certificates.ts'
import { listening } from './local-server.ts'

vi.mock('node:os', async (original) => ({
  ...(await original<object>()),
  networkInterfaces: vi.fn<typeof networkInterfaces>(),
}))

const name = 'fs-0123456789abcdef0.efs.us-east-1.amazonaws.com'
const local = '127.0.0.1'
const good = certificateFor(name)
const other = certificateFor('fs-ffffffffffffffff0.efs.us-east-1.amazonaws.com')
const old = certificateFor(name, { expired: true })

afterAll(() => {
  for (const { directory } of [good, other, old]) rmSync(directory, { recursive: true })
})

/**
 * A port that drops what asks for a connection, as a security group does: Linux does so once the queue of a listener
 * is full, here of one in a thread that has stopped.
 */
async function full(): Promise<{ port: number } & AsyncDisposable> {
  const worker = new Worker(
    `const { parentPort } = require('node:worker_threads')
     const server = require('node:net').createServer()
     server.listen({ host: '${local}', port: 0, backlog: 1 }, () => {
       parentPort.postMessage(server.address().port)
       Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
     })`,
    { eval: true },
  )
  const [port]: unknown[] = await once(worker, 'message')
  const fillers = Array.from({ length: 4 }, () => connect(Number(port), local).on('error', () => undefined))
  await Promise.all(fillers.slice(0, 2).map(async (filler) => await once(filler, 'connect')))
  return {
    port: Number(port),
    [Symbol.asyncDispose]: async () => {
      for (const filler of fillers) filler.destroy()
      await worker.terminate()
    },
  }
}

describe('primaryAddress', () => {
  const ipv4 = (address: string, internal = false): NetworkInterfaceInfo => ({
    family: 'IPv4',
    address,
    internal,
    netmask: '255.255.255.0',
    mac: '02:00:0a:00:00:00',
    cidr: null,
  })
  const ipv6: NetworkInterfaceInfo = { ...ipv4('fe80::1'), family: 'IPv6', scopeid: 2 }

  test('is the only one that there is', async () => {
    const found = { lo: [ipv4('127.0.0.1', true)], ens5: [ipv4('10.0.0.10'), ipv6] }
    vi.mocked(networkInterfaces).mockReturnValue(found)
    expect(await primaryAddress()).toBe('10.0.0.10')
  })

  test.each([
    ['several of one interface', { ens5: [ipv4('203.0.113.1'), ipv4('203.0.113.2')] }],
    ['several interfaces', { ens5: [ipv4('203.0.113.1')], ens6: [ipv4('203.0.113.2')] }],
    ['none that is up', { lo: [ipv4('127.0.0.1', true)] }],
  ])("is the kernel's choice where there are %s", async (_what, found) => {
    vi.mocked(networkInterfaces).mockReturnValue(found)
    expect(await primaryAddress()).toMatch(/^(?!127\.|203\.0\.113\.)\d+\.\d+\.\d+\.\d+$/)
  })
})

describe('resolve', () => {
  test('finds what /etc/hosts says', async () => {
    expect(await resolve('localhost', signal)).toContain(local)
  })

  test('ends with the signal', async () => {
    await expect(resolve('localhost', AbortSignal.abort(new Error('stopped')))).rejects.toThrow('stopped')
  })
})

describe('tcpTrouble', () => {
  test('finds none with a server that listens', async () => {
    await using server = await listening(createServer())
    expect(await tcpTrouble(local, server.port, signal)).toBeUndefined()
  })

  test('says that the connection was refused', async () => {
    expect(await tcpTrouble(local, 9, signal)).toEqual({ is: 'refused', because: 'the connection was refused' })
  })

  test('says that nobody answered', async () => {
    await using server = await full()
    expect(await tcpTrouble(local, server.port, signal, 300)).toEqual({
      is: 'silent',
      because: 'no answer within 0.3 s',
    })
  })

  test('says that there is no way to it', async () => {
    const everybody = '255.255.255.255' // to whom Linux has no route for TCP
    expect(await tcpTrouble(everybody, 9, signal)).toEqual({ is: 'silent', because: 'there is no route to it' })
  })
})

describe('tlsTrouble', () => {
  test('finds none with a certificate that is trusted for the name', async () => {
    await using server = await listening(createTlsServer(good))
    expect(await tlsTrouble(local, server.port, name, signal, { trust: good.authority })).toBeUndefined()
  })

  test('refuses the certificate of another name', async () => {
    await using server = await listening(createTlsServer(other))
    const trouble = await tlsTrouble(local, server.port, name, signal, { trust: other.authority })
    expect(trouble).toEqual({
      is: 'rejected',
      because: `Hostname/IP does not match certificate's altnames: Host: ${name}. is not in the cert's altnames: DNS:fs-ffffffffffffffff0.efs.us-east-1.amazonaws.com`,
    })
  })

  test('refuses a certificate of an unknown authority', async () => {
    await using server = await listening(createTlsServer(good))
    const trouble = await tlsTrouble(local, server.port, name, signal, { trust: other.authority })
    expect(trouble).toEqual({ is: 'rejected', because: 'unable to verify the first certificate' })
  })

  test('takes a certificate whose time is over for what may pass, as with a wrong clock', async () => {
    await using server = await listening(createTlsServer(old))
    const trouble = await tlsTrouble(local, server.port, name, signal, { trust: old.authority })
    expect(trouble).toEqual({ is: 'failed', because: 'certificate has expired' })
  })

  test('says that the handshake was cut off', async () => {
    await using server = await listening(createServer((socket) => socket.destroy()))
    const trouble = await tlsTrouble(local, server.port, name, signal, { trust: good.authority })
    expect(trouble).toEqual({ is: 'failed', because: expect.stringMatching(/closed|disconnected/) })
  })

  test('says that the server speaks no TLS', async () => {
    await using server = await listening(
      createServer((socket) => socket.end('220 hello\r\n').on('error', () => undefined)),
    )
    expect(await tlsTrouble(local, server.port, name, signal, { trust: good.authority })).toEqual({
      is: 'failed',
      because: expect.stringMatching(/wrong version number|packet length/),
    })
  })

  test('says that the handshake got no answer', async () => {
    await using server = await listening(createServer())
    const trouble = await tlsTrouble(local, server.port, name, signal, { trust: good.authority, withinMs: 200 })
    expect(trouble).toEqual({ is: 'failed', because: 'no answer within 0.2 s' })
  })

  test('ends with the signal', async () => {
    await using server = await listening(createServer())
    const stop = new AbortController()
    const asking = tlsTrouble(local, server.port, name, stop.signal, { trust: good.authority })
    setTimeout(() => stop.abort(new Error('stopped')), 50)
    await expect(asking).rejects.toThrow('stopped')
  })
})
