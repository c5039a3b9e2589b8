import { describe, expect, test } from 'vitest'
import type { Host, MountTarget } from '../../src/engine/host.ts'
import type { Destination } from '../../src/steps/efs-destination.ts'
import { obstacleOf } from '../../src/steps/efs-obstacles.ts'
import { lookAtReachability } from '../../src/steps/efs-reachability.ts'
import { fakeHost, type Script, signal } from '../fake-host.ts'

const fileSystemId = 'fs-0123456789abcdef0'
const dnsName = 'fs-0123456789abcdef0.efs.us-east-1.amazonaws.com'
const destination: Destination = {
  fileSystemId,
  dnsName,
  host: dnsName,
  availabilityZone: undefined,
  mountTargetIp: undefined,
  verifiesTls: true,
  takesAddress: true,
}
const byNameAlone = { ...destination, takesAddress: false }
const zoneB = 'us-east-1b'
const byZone = { ...destination, host: `${zoneB}.${dnsName}`, availabilityZone: zoneB }
const byAddress = { ...destination, host: '10.0.2.5', mountTargetIp: '10.0.2.5' }
const way = { address: '10.0.1.5', isFallback: false }
const zone = { 'meta-data/placement/availability-zone-id': 'use1-az1\n' }

const target = (zoneNumber: number, state: string): MountTarget => ({
  availabilityZone: `us-east-1${' abcd'[zoneNumber]}`,
  availabilityZoneId: `use1-az${zoneNumber}`,
  ipAddress: `10.0.${zoneNumber}.5`,
  state,
})
const known = (...value: readonly MountTarget[]): Script => ({
  metadata: zone,
  mountTargets: { [fileSystemId]: { is: 'known', value } },
})
const unknown: Script = { metadata: zone, mountTargets: { [fileSystemId]: { is: 'known', value: undefined } } }
const denied: Script = { metadata: zone, mountTargets: { [fileSystemId]: { is: 'denied', because: 'not authorized' } } }
const unnamed: Script = { names: { [dnsName]: [] } }
const named: Script = { names: { [dnsName]: ['10.0.1.5'] } }
const listens: Script = { ...named, tcp: { '10.0.1.5:2049': undefined } }
const tlsAt = `10.0.1.5:2049 ${dnsName}`
const trusted: Script = { ...listens, tls: { [tlsAt]: undefined } }

const look = (host: Host, to = destination) => lookAtReachability(to, host, signal)
const obstacle = async (host: Host, to = destination) => obstacleOf(await look(host, to), to, false)

const failing = async (name: string) => {
  throw new Error(`${name} cannot be looked up`, { cause: new Error(`getaddrinfo EAI_AGAIN ${name}`) })
}
const unanswering = async () => {
  throw new Error('connect ETIMEDOUT')
}

describe('the way to the file system', () => {
  // The fake throws on any look that it was not told of: no DNS while the mount target is about to come or to go.
  test.each<[string, Script, string, string]>([
    [
      'is closed while the mount target is created',
      known(target(1, 'creating'), target(2, 'available')),
      'EFS_MOUNT_TARGET_CREATING',
      'the mount target 10.0.1.5 of fs-0123456789abcdef0 in use1-az1 is in state creating',
    ],
    [
      'is closed when this zone has no mount target',
      { ...known(target(4, 'available'), target(2, 'creating'), target(3, 'deleting')), ...unnamed },
      'EFS_NO_MOUNT_TARGET_IN_ZONE',
      'fs-0123456789abcdef0 has no mount target in use1-az1, but in use1-az2, use1-az4',
    ],
    [
      'is closed when no zone has a mount target',
      { ...known(), ...unnamed },
      'EFS_NO_MOUNT_TARGET_IN_ZONE',
      'fs-0123456789abcdef0 has no mount target in use1-az1, nor in any other zone',
    ],
    [
      'is closed when the mount target of this zone is being deleted',
      known(target(4, 'available'), target(2, 'creating'), target(1, 'deleting')),
      'EFS_MOUNT_TARGET_DELETED',
      'the mount target 10.0.1.5 of fs-0123456789abcdef0 in use1-az1 is in state deleting, and there is no other in this zone, but in use1-az2, use1-az4',
    ],
    [
      'is closed when the last mount target is deleted',
      known(target(1, 'deleted')),
      'EFS_MOUNT_TARGET_DELETED',
      'the mount target 10.0.1.5 of fs-0123456789abcdef0 in use1-az1 is in state deleted, and there is no other in this zone, nor in any other zone',
    ],
    [
      'is closed while another mount target takes the place of one that is being deleted',
      known(target(1, 'deleting'), { ...target(1, 'creating'), ipAddress: '10.0.1.6' }),
      'EFS_MOUNT_TARGET_CREATING',
      'the mount target 10.0.1.6 of fs-0123456789abcdef0 in use1-az1 is in state creating',
    ],
    [
      'is closed while the name of a file system does not resolve that EFS does not know',
      { ...unknown, names: { [dnsName]: [] } },
      'EFS_NAME_DOES_NOT_RESOLVE',
      `${dnsName} does not resolve; EFS knows no file system fs-0123456789abcdef0 in this account and region`,
    ],
    [
      'is closed while the name does not resolve and the API may not be asked why',
      { ...denied, names: { [dnsName]: [] } },
      'EFS_API_DENIED',
      `${dnsName} does not resolve, and EFS may not be asked why (elasticfilesystem:DescribeMountTargets): not authorized`,
    ],
    [
      'is closed while the port is',
      { ...denied, ...named, tcp: { '10.0.1.5:2049': { is: 'refused', because: 'the connection was refused' } } },
      'EFS_PORT_CLOSED',
      '10.0.1.5, TCP port 2049: the connection was refused',
    ],
    [
      'is closed while nobody answers at the port',
      { ...denied, ...named, tcp: { '10.0.1.5:2049': { is: 'silent', because: 'no answer within 5 s' } } },
      'EFS_PORT_SILENT',
      '10.0.1.5, TCP port 2049: no answer within 5 s',
    ],
    [
      'is closed while nobody answers at the name that leads to another zone',
      {
        ...known(target(4, 'available')),
        ...named,
        tcp: { '10.0.1.5:2049': { is: 'silent', because: 'no answer within 5 s' } },
      },
      'EFS_PORT_SILENT',
      '10.0.1.5, TCP port 2049: no answer within 5 s',
    ],
    [
      'is closed while the TLS handshake is cut off',
      { ...known(target(1, 'updating')), ...listens, tls: { [tlsAt]: { is: 'failed', because: 'it was cut off' } } },
      'EFS_TLS_FAILED',
      `no TLS connection comes about with 10.0.1.5 as ${dnsName}: it was cut off`,
    ],
  ])('%s', async (_behaviour, script, code, reason) => {
    expect(await obstacle(fakeHost(script))).toEqual({ code, for: reason })
  })

  test.each<[string, Script]>([
    ['with a mount target in this zone', { ...known(target(1, 'available')), ...trusted }],
    ['where the API may not be asked', { ...denied, ...trusted }],
    ['where the name leads to the mount target of another zone', { ...known(target(4, 'available')), ...trusted }],
    ['where another account shares the file system', { ...unknown, ...trusted }],
    [
      'where the metadata service does not tell the zone',
      {
        ...known(target(2, 'available')),
        ...trusted,
        metadata: { 'meta-data/placement/availability-zone-id': undefined },
      },
    ],
  ])('is open %s', async (_where, script) => {
    expect(await obstacle(fakeHost(script))).toBeUndefined()
  })

  test('leads to somebody else where the certificate is not the one of the file system', async () => {
    const tls = { [tlsAt]: { is: 'rejected', because: 'self-signed certificate' } } as const
    const seen = await look(fakeHost({ ...known(target(1, 'available')), ...listens, tls }))
    expect(seen).toEqual({ is: 'rejected', ...way, trouble: 'self-signed certificate' })
    expect(obstacleOf(seen, destination, false)).toBeUndefined() // no waiting mends it
  })

  test('was open for a file system that is mounted: its mount target was deleted', async () => {
    const seen = await look(fakeHost({ ...known(target(4, 'available')), ...unnamed }))
    expect(obstacleOf(seen, destination, true)).toEqual({
      code: 'EFS_MOUNT_TARGET_DELETED',
      for: 'fs-0123456789abcdef0 no longer has a mount target in use1-az1, but in use1-az4',
    })
  })

  const nameless = { ...trusted, names: { [dnsName]: [] } }
  const fallback = { is: 'open', address: '10.0.1.5', isFallback: true }

  test('leads to the address that the API gives, while the name does not resolve', async () => {
    expect(await look(fakeHost({ ...known(target(2, 'available'), target(1, 'available')), ...nameless }))).toEqual(
      fallback,
    )
  })

  test('leads to that address, too, while the name server fails', async () => {
    const host = { ...fakeHost({ ...known(target(1, 'available')), ...nameless }), resolve: failing }
    expect(await look(host)).toEqual(fallback)
  })

  const noServer = `${dnsName} cannot be looked up: getaddrinfo EAI_AGAIN ${dnsName}`
  test.each<[string, Script, string, string]>([
    [
      'EFS may not be asked',
      denied,
      'EFS_API_DENIED',
      `${noServer}, and EFS may not be asked why (elasticfilesystem:DescribeMountTargets): not authorized`,
    ],
    [
      'EFS does not know the file system',
      unknown,
      'EFS_NAME_DOES_NOT_RESOLVE',
      `${noServer}; EFS knows no file system fs-0123456789abcdef0 in this account and region`,
    ],
    [
      'the client takes no address',
      known(target(1, 'available')),
      'EFS_NAME_DOES_NOT_RESOLVE',
      `${noServer}; EFS lists 10.0.1.5 (use1-az1, available); a name follows its mount target within 90 s`,
    ],
  ])('is closed while the name server fails and %s', async (_why, script, code, reason) => {
    const host = { ...fakeHost(script), resolve: failing }
    expect(await obstacle(host, byNameAlone)).toEqual({ code, for: reason })
  })

  test('is closed when this zone has no mount target, whatever the name server says', async () => {
    const host = { ...fakeHost(known()), resolve: failing }
    expect(await obstacle(host)).toMatchObject({ code: 'EFS_NO_MOUNT_TARGET_IN_ZONE' })
  })

  test('leads by name to whatever address that has', async () => {
    expect(
      await look(fakeHost({ ...known({ ...target(1, 'available'), ipAddress: '10.0.1.9' }), ...trusted })),
    ).toEqual({
      is: 'open',
      ...way,
    })
  })

  test('is closed without the name to a client that takes no address', async () => {
    expect(await obstacle(fakeHost({ ...known(target(1, 'available')), ...nameless }), byNameAlone)).toEqual({
      code: 'EFS_NAME_DOES_NOT_RESOLVE',
      for: `${dnsName} does not resolve; EFS lists 10.0.1.5 (use1-az1, available); a name follows its mount target within 90 s`,
    })
  })

  test('needs an IPv4 address of the mount target that is used alone', async () => {
    const ipv6 = (zoneNumber: number) => ({ ...target(zoneNumber, 'available'), ipAddress: undefined })
    expect(await look(fakeHost({ ...known(ipv6(2), target(1, 'available')), ...nameless }))).toEqual(fallback)
    expect(await obstacle(fakeHost({ ...known(ipv6(1), target(2, 'available')), ...nameless }))).toEqual({
      code: 'EFS_NAME_DOES_NOT_RESOLVE',
      for: `${dnsName} does not resolve; EFS lists one without an IPv4 address (use1-az1, available), 10.0.2.5 (use1-az2, available); a name follows its mount target within 90 s`,
    })
    expect(await obstacle(fakeHost(known({ ...ipv6(1), state: 'creating' })))).toEqual({
      code: 'EFS_MOUNT_TARGET_CREATING',
      for: 'the mount target without an IPv4 address of fs-0123456789abcdef0 in use1-az1 is in state creating',
    })
  })

  test('leads to the mount target of the zone that the configuration names', async () => {
    const open: Script = {
      names: { [byZone.host]: ['10.0.2.5'] },
      tcp: { '10.0.2.5:2049': undefined },
      tls: { [`10.0.2.5:2049 ${dnsName}`]: undefined },
    }
    expect(await look(fakeHost({ ...known(target(1, 'creating'), target(2, 'available')), ...open }), byZone)).toEqual({
      is: 'open',
      address: '10.0.2.5',
      isFallback: false,
    })
    const without = { ...known(target(1, 'available'), target(4, 'available')), names: { [byZone.host]: [] } }
    expect(await obstacle(fakeHost(without), byZone)).toEqual({
      code: 'EFS_NO_MOUNT_TARGET_IN_ZONE',
      for: 'fs-0123456789abcdef0 has no mount target in us-east-1b, but in us-east-1a, us-east-1d',
    })
  })

  test('leads to the address that the configuration names, as soon as EFS serves there', async () => {
    const open: Script = {
      names: { '10.0.2.5': ['10.0.2.5'] },
      tcp: { '10.0.2.5:2049': undefined },
      tls: { [`10.0.2.5:2049 ${dnsName}`]: undefined },
    }
    const isOpen = { is: 'open', address: '10.0.2.5', isFallback: false }
    expect(await look(fakeHost({ ...known(target(2, 'available')), ...open }), byAddress)).toEqual(isOpen)
    // Of another account, as far as this one's API can tell.
    expect(await look(fakeHost({ ...known(target(1, 'available')), ...open }), byAddress)).toEqual(isOpen)
    expect(await obstacle(fakeHost(known(target(2, 'creating'))), byAddress)).toEqual({
      code: 'EFS_MOUNT_TARGET_CREATING',
      for: 'the mount target 10.0.2.5 of fs-0123456789abcdef0 in use1-az2 is in state creating',
    })
  })

  test('is open where the API cannot be reached, as in a private subnet', async () => {
    const host = { ...fakeHost({ metadata: zone, ...trusted }), mountTargets: unanswering }
    expect(await obstacle(host)).toBeUndefined()
    const closed = { ...fakeHost({ metadata: zone, names: { [dnsName]: [] } }), mountTargets: unanswering }
    expect(await obstacle(closed)).toEqual({
      code: 'EFS_NAME_DOES_NOT_RESOLVE',
      for: `${dnsName} does not resolve; EFS could not be asked why (connect ETIMEDOUT)`,
    })
  })

  test("is open without a look at TLS for AWS's helper and for plain NFS", async () => {
    expect(await obstacle(fakeHost({ ...denied, ...listens }), { ...destination, verifiesTls: false })).toBeUndefined()
  })

  test('is not looked at any longer after the signal', async () => {
    const stop = new AbortController()
    const mountTargets = async () => {
      stop.abort(new Error('stopped'))
      throw new Error('aborted')
    }
    const host = { ...fakeHost({ metadata: zone }), mountTargets }
    await expect(lookAtReachability(destination, host, stop.signal)).rejects.toThrow('stopped')
  })

  test('is not looked at any longer when the signal comes while the name is looked up', async () => {
    const stop = new AbortController()
    const resolve = async () => {
      stop.abort(new Error('stopped'))
      throw new Error('aborted')
    }
    const host = { ...fakeHost(denied), resolve }
    await expect(lookAtReachability(destination, host, stop.signal)).rejects.toThrow('stopped')
  })
})
