import { describe, expect, test } from 'vitest'
import type { Host, MountTarget } from '../../src/engine/host.ts'
import { lookAtReachability, obstacleOf } from '../../src/steps/efs-reachability.ts'
import { fakeHost, type Script, signal } from '../fake-host.ts'

const fileSystemId = 'fs-0123456789abcdef0'
const dnsName = 'fs-0123456789abcdef0.efs.us-east-1.amazonaws.com'
const destination = { fileSystemId, dnsName, verifiesTls: true }
const zone = { 'meta-data/placement/availability-zone-id': 'use1-az1\n' }

const target = (zoneNumber: number, state: string): MountTarget => ({
  availabilityZoneId: `use1-az${zoneNumber}`,
  ipAddress: `10.0.${zoneNumber}.5`,
  state,
})
const known = (...value: readonly MountTarget[]): Script => ({
  metadata: zone,
  mountTargets: { [fileSystemId]: { is: 'known', value } },
})
const denied: Script = { metadata: zone, mountTargets: { [fileSystemId]: { is: 'denied', because: 'not authorized' } } }
const named: Script = { names: { [dnsName]: ['10.0.1.5'] } }
const listens: Script = { ...named, tcp: { '10.0.1.5:2049': undefined } }
const trusted: Script = { ...listens, tls: { [`10.0.1.5:2049 ${dnsName}`]: undefined } }

const obstacle = async (host: Host, to = destination) => obstacleOf(await lookAtReachability(to, host, signal), to)

const unanswering = async () => {
  throw new Error('connect ETIMEDOUT')
}

describe('the way to the file system', () => {
  // The fake throws on any look that it was not told of: no DNS before the mount target is there.
  test.each<[string, Script, string, string]>([
    [
      'is closed while the mount target is created',
      known(target(1, 'creating'), target(2, 'available')),
      'EFS_MOUNT_TARGET_CREATING',
      'the mount target 10.0.1.5 of fs-0123456789abcdef0 in use1-az1 is in state creating',
    ],
    [
      'is closed when this zone has no mount target',
      known(target(4, 'available'), target(2, 'creating'), target(1, 'deleting')),
      'EFS_NO_MOUNT_TARGET_IN_ZONE',
      'fs-0123456789abcdef0 has no mount target in use1-az1, but in use1-az2, use1-az4',
    ],
    [
      'is closed when no zone has a mount target',
      known(),
      'EFS_NO_MOUNT_TARGET_IN_ZONE',
      'fs-0123456789abcdef0 has no mount target in use1-az1, nor in any other zone',
    ],
    [
      'is closed while the name does not resolve',
      { ...known(target(1, 'available')), names: { [dnsName]: [] } },
      'EFS_NAME_DOES_NOT_RESOLVE',
      `${dnsName} does not resolve; EFS lists 10.0.1.5 (use1-az1, available); a name follows its mount target within 90 s`,
    ],
    [
      'is closed while the name does not resolve and the API may not say why',
      { ...denied, names: { [dnsName]: [] } },
      'EFS_NAME_DOES_NOT_RESOLVE',
      `${dnsName} does not resolve; EFS does not say why (not authorized)`,
    ],
    [
      'is closed while the port is',
      { ...denied, ...named, tcp: { '10.0.1.5:2049': 'the connection was refused' } },
      'EFS_PORT_CLOSED',
      '10.0.1.5, TCP port 2049: the connection was refused',
    ],
    [
      'is closed when the certificate is not trusted',
      { ...known(target(1, 'updating')), ...listens, tls: { [`10.0.1.5:2049 ${dnsName}`]: 'self-signed certificate' } },
      'EFS_TLS_FAILED',
      `10.0.1.5 is not trusted as ${dnsName}: self-signed certificate`,
    ],
  ])('%s', async (_behaviour, script, code, reason) => {
    expect(await obstacle(fakeHost(script))).toEqual({ code, reason })
  })

  test.each<[string, Script]>([
    ['with a mount target in this zone', { ...known(target(1, 'available')), ...trusted }],
    ['where the API may not be asked', { ...denied, ...trusted }],
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

  test('is open where the API cannot be reached, as in a private subnet', async () => {
    const host = { ...fakeHost({ metadata: zone, ...trusted }), mountTargets: unanswering }
    expect(await obstacle(host)).toBeUndefined()
    const nameless = { ...fakeHost({ metadata: zone, names: { [dnsName]: [] } }), mountTargets: unanswering }
    expect(await obstacle(nameless)).toEqual({
      code: 'EFS_NAME_DOES_NOT_RESOLVE',
      reason: `${dnsName} does not resolve; EFS could not be asked why (connect ETIMEDOUT)`,
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
})
