import { describe, expect, test } from 'vitest'
import type { Host } from '../../src/engine/host.ts'
import { connectionTo } from '../../src/steps/efs-connection.ts'
import { destinationOf } from '../../src/steps/efs-destination.ts'
import type { MountPoint } from '../../src/steps/efs-mount-point.ts'
import { fakeHost, type Script, signal } from '../fake-host.ts'
import { bare, config, dnsName, mount, open, settled, silence } from './efs-state.ts'

const address = '10.0.1.5'
const silentDns = fakeHost({})
const byFallback = { is: 'open', address, isFallback: true } as const

const connection = (mountPoint: MountPoint, written: string | undefined, host: Host = silentDns) =>
  connectionTo(settled.destination, mountPoint, written, host, signal)

const resolving = (names: Script['names'] = {}): Host => fakeHost({ names })
const failing: Host = {
  ...silentDns,
  resolve: async () => {
    throw new Error('queryA ESERVFAIL')
  },
}

describe('what the client connects to', () => {
  test.each<[string, MountPoint, string | undefined]>([
    ['that is mounted by name', { is: 'writable' }, dnsName],
    ['that is mounted by the name of another file system', { is: 'writable' }, 'fs-1.efs.us-east-1.amazonaws.com'],
    ['of whose mount nothing is written', { is: 'writable' }, undefined],
    ['that is to be mounted, and whose name resolves', bare, dnsName],
    ['that is to be mounted by name again', bare, address],
    ['whose way is closed', { ...bare, reachability: { is: 'no-mount-target', zone: 'a', elsewhere: [] } }, address],
  ])('is the name of a file system %s, without a look at DNS', async (_what, mountPoint, written) => {
    expect(await connection(mountPoint, written)).toBe(dnsName)
  })

  test.each<[string, MountPoint]>([
    ['is to be mounted', { ...bare, reachability: byFallback }],
    ['hangs', { is: 'hanging', silence, reachability: byFallback }],
    [
      'is to be mounted, and whose port is closed',
      { ...bare, reachability: { ...byFallback, is: 'silent', trouble: 'no answer within 5 s' } },
    ],
  ])('is the address that the API gave of one that %s while its name does not resolve', async (_what, mountPoint) => {
    expect(await connection(mountPoint, dnsName)).toBe(address)
  })

  test.each<[string, Host]>([
    ['the name does not resolve', resolving({ [dnsName]: [] })],
    ['the name server fails', failing],
  ])('stays the address of a mount that works while %s', async (_what, host) => {
    expect(await connection({ is: 'writable' }, address, host)).toBe(address)
    expect(await connection({ is: 'read-only', mount }, address, host)).toBe(address)
  })

  test('is the name again once that resolves', async () => {
    expect(await connection({ is: 'writable' }, address, resolving({ [dnsName]: [open.address] }))).toBe(dnsName)
  })

  test('is what the configuration says, without a look at DNS', async () => {
    const to = (more: object) => destinationOf({ ...config.efs, ...more }, dnsName, 'stunnel')
    const byAddress = to({ mountTargetIp: '10.0.2.5' })
    expect(await connectionTo(byAddress, { is: 'writable' }, address, silentDns, signal)).toBe('10.0.2.5')
    expect(await connectionTo(byAddress, bare, dnsName, silentDns, signal)).toBe('10.0.2.5')
    const byZone = to({ availabilityZone: 'us-east-1b' })
    expect(await connectionTo(byZone, bare, dnsName, silentDns, signal)).toBe(`us-east-1b.${dnsName}`)
  })

  test('is not looked at any longer after the signal', async () => {
    const stop = AbortSignal.abort(new Error('stopped'))
    await expect(connectionTo(settled.destination, { is: 'writable' }, address, failing, stop)).rejects.toThrow(
      'stopped',
    )
  })
})
