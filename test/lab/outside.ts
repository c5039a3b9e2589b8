import assert from 'node:assert/strict'
import type { Guest } from './guest.ts'

const MOUNT_FAILED = 32

/** What the client sends to the server has this source from now on; all else is as before. Resolves to what undoes it. */
export async function comeFrom(outside: string, server: Guest, client: Guest): Promise<() => Promise<unknown>> {
  const address = `${outside}/32`
  const route = `${server.instance.address}/32`
  const device = await deviceTo(server.instance.address, client)
  await client.run(['ip', 'address', 'add', address, 'dev', device])
  await client.run(['ip', 'route', 'add', route, 'dev', device, 'src', outside])
  // So that the server, too, finds the address on the wire.
  await server.run(['ip', 'route', 'add', address, 'dev', await deviceTo(client.instance.address, server)])
  return async () => {
    await server.run(['ip', 'route', 'delete', address])
    await client.run(['ip', 'route', 'delete', route])
    await client.run(['ip', 'address', 'delete', address, 'dev', device])
  }
}

async function deviceTo(address: string, guest: Guest): Promise<string> {
  const { stdout } = await guest.run(['ip', '-oneline', '-4', 'route', 'get', address])
  const device = / dev (\S+) /.exec(stdout)?.[1]
  assert.ok(device !== undefined, `the route to ${address} names an interface: ${stdout}`)
  return device
}

/** The server does not let the client mount; nothing else keeps it from that. */
export async function assertDenied(server: Guest, client: Guest, mountPoint: string): Promise<void> {
  const source = `${server.instance.address}:${mountPoint}`
  const mount = ['mount', '-t', 'nfs', '-o', 'vers=4.2,retry=0', source, mountPoint]
  const { stderr } = await client.run(mount, { ok: [MOUNT_FAILED], deadlineMs: 180_000 })
  assert.match(stderr, /access denied by server/)
}
