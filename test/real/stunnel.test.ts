import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { connect, type Server } from 'node:net'
import { join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { printStunnelClient } from '../../src/formats/stunnel-conf.ts'
import { certificateFor } from '../agent/host/certificates.ts'
import { listening } from '../agent/host/local-server.ts'

const stunnel = '/usr/bin/stunnel4'
const reason = existsSync(stunnel) ? '' : ` (skipped: ${stunnel} is not installed)`

const ours = certificateFor('localhost')
const others = certificateFor('fs-ffffffffffffffff0.efs.us-east-1.amazonaws.com')
/** A name that leads nowhere: only by its address is the server found. */
const nowhere = 'fs-0123456789abcdef0.efs.us-east-1.invalid'
const named = certificateFor(nowhere)
afterAll(() => {
  for (const { directory } of [ours, others, named]) rmSync(directory, { recursive: true })
})

const echo = (certificate: typeof ours): Server =>
  createTlsServer(certificate, (socket) => socket.on('error', () => undefined).pipe(socket))

/** stunnel on a free port with the configuration that the agent writes, in the foreground as under systemd. */
async function tunnelTo(serverName: string, port: number, caFile: string, host = serverName) {
  const reserved = await listening(createTlsServer())
  const accept = { address: '127.0.0.1', port: reserved.port }
  await reserved[Symbol.asyncDispose]()
  const conf = join(ours.directory, `stunnel-${accept.port}.conf`)
  const write = (trust: string, connectTo: string) => {
    const client = { name: 'efs', accept, connect: { host: connectTo, port }, serverName, caFile: trust }
    writeFileSync(conf, printStunnelClient(client))
  }
  write(caFile, host)
  const child = spawn(stunnel, [conf], { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  const ended = once(child, 'exit').then(() => Promise.reject(new Error(said)))
  ended.catch(() => undefined) // looked at while it is waited for
  const loaded = async (times: number) => {
    while (said.split('Configuration successful').length <= times)
      await Promise.race([once(child.stderr, 'data'), ended])
  }
  await loaded(1)
  return {
    port: accept.port,
    said: () => said,
    reload: async (trust: string, connectTo = host) => {
      write(trust, connectTo)
      child.kill('SIGHUP')
      await loaded(2)
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    },
  }
}

function talk(port: number) {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined)
  return {
    /** What comes back, or `closed`. */
    say: async (word: string): Promise<string> => {
      const { promise, resolve } = Promise.withResolvers<string>()
      socket.once('data', (data) => resolve(data.toString())).once('close', () => resolve('closed'))
      socket.write(word)
      return await promise
    },
    [Symbol.dispose]: () => socket.destroy(),
  }
}

describe.skipIf(reason !== '')(`stunnel with our configuration${reason}`, () => {
  test('carries data to a server that is trusted for the name', async () => {
    await using server = await listening(echo(ours))
    await using tunnel = await tunnelTo('localhost', server.port, ours.authority)
    using client = talk(tunnel.port)
    expect(await client.say('hello')).toBe('hello')
  })

  test('carries nothing to a server with the certificate of another name', async () => {
    await using server = await listening(echo(others))
    await using tunnel = await tunnelTo('localhost', server.port, others.authority)
    using client = talk(tunnel.port)
    expect(await client.say('secret')).toBe('closed')
    expect(tunnel.said()).toContain('Subject checks failed')
  })

  test('carries nothing to a server of an unknown authority', async () => {
    await using server = await listening(echo(ours))
    await using tunnel = await tunnelTo('localhost', server.port, others.authority)
    using client = talk(tunnel.port)
    expect(await client.say('secret')).toBe('closed')
  })

  test('carries data by address to a server that is trusted for the name', async () => {
    await using server = await listening(echo(named))
    await using tunnel = await tunnelTo(nowhere, server.port, named.authority, '127.0.0.1')
    using client = talk(tunnel.port)
    expect(await client.say('hello')).toBe('hello')
  })

  test('carries nothing by address to a server with the certificate of another name', async () => {
    await using server = await listening(echo(others))
    await using tunnel = await tunnelTo(nowhere, server.port, others.authority, '127.0.0.1')
    using client = talk(tunnel.port)
    expect(await client.say('secret')).toBe('closed')
    expect(tunnel.said()).toContain('Subject checks failed')
  })

  test('goes from the address back to the name, and cuts off nobody', async () => {
    await using server = await listening(echo(ours))
    await using tunnel = await tunnelTo('localhost', server.port, ours.authority, '127.0.0.1')
    using before = talk(tunnel.port)
    expect(await before.say('one')).toBe('one')
    await tunnel.reload(ours.authority, 'localhost')
    expect(await before.say('two')).toBe('two')
    // It listens anew only after it has said that it read the configuration.
    await vi.waitFor(async () => {
      using after = talk(tunnel.port)
      expect(await after.say('three')).toBe('three')
    }, 10_000)
  })

  test('starts while the name does not resolve', async () => {
    await using tunnel = await tunnelTo('fs-0.invalid', 2049, ours.authority)
    using client = talk(tunnel.port)
    expect(await client.say('hello')).toBe('closed')
  })

  test('takes a new configuration without cutting off who is connected', async () => {
    await using server = await listening(echo(ours))
    await using tunnel = await tunnelTo('localhost', server.port, ours.authority)
    using before = talk(tunnel.port)
    expect(await before.say('one')).toBe('one')
    await tunnel.reload(others.authority)
    expect(await before.say('two')).toBe('two')
    await vi.waitFor(async () => {
      using after = talk(tunnel.port)
      expect(await after.say('three')).toBe('closed')
      expect(tunnel.said()).toContain('CERT: Pre-verification error')
    }, 10_000)
  })
})
