import { execa } from 'execa'
import { API_ENDPOINT, METADATA, MIRROR, RESOLVER, ROUTER, VPC_PREFIX } from './addresses.ts'

export const BRIDGE = 'vpc'

/** The VPC: one bridge that holds every address that is not a guest's. */
export interface Network {
  readonly bridge: string
  /** Gives an address to the bridge, as a new network interface in the VPC would have it. */
  addAddress(address: string): Promise<void>
  removeAddress(address: string): Promise<void>
  /** Lets nothing out from the address: as behind a security group, who asks there gets no answer. */
  silence(address: string): Promise<void>
  unsilence(address: string): Promise<void>
  /** A plug for one guest. */
  addTap(name: string): Promise<void>
  removeTap(name: string): Promise<void>
  stop(): Promise<void>
}

async function ip(...argv: string[]): Promise<void> {
  await execa('ip', argv)
}

export async function startNetwork(): Promise<Network> {
  await ip('link', 'set', 'lo', 'up')
  await ip('link', 'add', BRIDGE, 'type', 'bridge')
  await ip('link', 'set', BRIDGE, 'up')
  await ip('address', 'add', `${ROUTER}/${VPC_PREFIX}`, 'dev', BRIDGE)
  for (const address of [RESOLVER, API_ENDPOINT, MIRROR, METADATA]) {
    await ip('address', 'add', `${address}/32`, 'dev', BRIDGE)
  }
  return {
    bridge: BRIDGE,
    async addAddress(address) {
      await ip('address', 'add', `${address}/32`, 'dev', BRIDGE)
    },
    async removeAddress(address) {
      await ip('address', 'delete', `${address}/32`, 'dev', BRIDGE)
    },
    async silence(address) {
      await ip('rule', 'add', 'from', address, 'type', 'blackhole')
    },
    async unsilence(address) {
      await ip('rule', 'delete', 'from', address, 'type', 'blackhole')
    },
    async addTap(name) {
      await ip('tuntap', 'add', 'dev', name, 'mode', 'tap')
      await ip('link', 'set', name, 'master', BRIDGE, 'up')
    },
    async removeTap(name) {
      await ip('link', 'delete', name)
    },
    async stop() {
      await ip('link', 'delete', BRIDGE)
    },
  }
}
