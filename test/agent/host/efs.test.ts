import { afterEach, describe, expect, test, vi } from 'vitest'
import { efsBehind } from '../../../agent/host/efs.ts'
import type { Metadata } from '../../../agent/host/metadata.ts'
import { signal } from '../../fake-host.ts'
import { aws, efsError, json } from './fake-aws.ts'
import { instance, items, withoutRole } from './role.ts'

const fileSystemId = 'fs-0123456789abcdef0'
const failing: Metadata = async (path) =>
  path.endsWith('front-end') ? '{"Code":"AssumeRoleUnauthorizedAccess"}' : items[path]

const target = (number: number, state: string) => ({
  MountTargetId: `fsmt-${number}`,
  FileSystemId: fileSystemId,
  SubnetId: 'subnet-0',
  LifeCycleState: state,
  IpAddress: `10.0.${number}.5`,
  AvailabilityZoneId: `use1-az${number}`,
  AvailabilityZoneName: `us-east-1${' ab'[number]}`,
})

afterEach(() => vi.unstubAllEnvs())

describe('mountTargets', () => {
  test('reads all pages, in the name of the role', async () => {
    const signers: (string | undefined)[] = []
    await using efs = await aws('EFS', (asked, { headers }) => {
      signers.push(headers.authorization, String(headers['x-amz-security-token']))
      return asked.includes('Marker=next')
        ? json({ MountTargets: [target(2, 'creating')] })
        : json({ MountTargets: [target(1, 'available')], NextMarker: 'next' })
    })
    expect(await efsBehind(instance).mountTargets(fileSystemId, signal)).toEqual({
      is: 'known',
      value: [
        { availabilityZone: 'us-east-1a', availabilityZoneId: 'use1-az1', ipAddress: '10.0.1.5', state: 'available' },
        { availabilityZone: 'us-east-1b', availabilityZoneId: 'use1-az2', ipAddress: '10.0.2.5', state: 'creating' },
      ],
    })
    expect(efs.asked).toEqual([
      `/2015-02-01/mount-targets?FileSystemId=${fileSystemId}`,
      `/2015-02-01/mount-targets?FileSystemId=${fileSystemId}&Marker=next`,
    ])
    expect(signers[0]).toMatch(
      /^AWS4-HMAC-SHA256 Credential=ASIAEXAMPLE\/\d{8}\/us-east-1\/elasticfilesystem\/aws4_request/,
    )
    expect(signers[1]).toBe('session')
  })

  test('are known, too, where one of them is in a subnet of IPv6 alone', async () => {
    const { IpAddress: _none, ...ipv6 } = target(2, 'available')
    await using _efs = await aws('EFS', () => json({ MountTargets: [target(1, 'available'), ipv6] }))
    expect(await efsBehind(instance).mountTargets(fileSystemId, signal)).toMatchObject({
      is: 'known',
      value: [{ ipAddress: '10.0.1.5' }, { availabilityZoneId: 'use1-az2', ipAddress: undefined }],
    })
  })

  test('may not be asked', async () => {
    const because = 'User: x is not authorized to perform: elasticfilesystem:DescribeMountTargets'
    await using _efs = await aws('EFS', () => efsError(403, 'AccessDeniedException', because))
    expect(await efsBehind(instance).mountTargets(fileSystemId, signal)).toEqual({ is: 'denied', because })
  })

  test('are known not to be of this account', async () => {
    const words = `File system '${fileSystemId}' does not exist.`
    await using _efs = await aws('EFS', () => efsError(404, 'FileSystemNotFound', words))
    expect(await efsBehind(instance).mountTargets(fileSystemId, signal)).toEqual({ is: 'known', value: undefined })
  })

  test('may not be asked without a role', async () => {
    expect(await efsBehind(withoutRole).mountTargets(fileSystemId, signal)).toEqual({
      is: 'denied',
      because: 'the instance has no instance profile',
    })
  })

  test('tells that it is throttled, after one more try', async () => {
    await using efs = await aws('EFS', () => efsError(429, 'ThrottlingException', 'Rate exceeded'))
    expect(await efsBehind(instance).mountTargets(fileSystemId, signal)).toEqual({
      is: 'throttled',
      because: 'Rate exceeded',
    })
    expect(efs.asked).toHaveLength(2)
  })

  test('tells that there is no way to AWS', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL_EFS', 'http://127.0.0.1:9')
    expect(await efsBehind(instance).mountTargets(fileSystemId, signal)).toEqual({
      is: 'unreachable',
      because: 'connect ECONNREFUSED 127.0.0.1:9',
    })
  })

  test('tells so where AWS has no name here', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL_EFS', 'http://efs.invalid')
    expect(await efsBehind(instance).mountTargets(fileSystemId, signal)).toMatchObject({ is: 'unreachable' })
  })

  test.each([
    ['AvailabilityZoneName', 'EFS names no availability zone of fsmt-1 by name'],
    ['AvailabilityZoneId', 'EFS names no availability zone of fsmt-1'],
    ['LifeCycleState', 'EFS names no state of fsmt-1'],
  ])('throws when the answer lacks %s', async (field, message) => {
    await using _efs = await aws('EFS', () =>
      json({ MountTargets: [{ ...target(1, 'available'), [field]: undefined }] }),
    )
    await expect(efsBehind(instance).mountTargets(fileSystemId, signal)).rejects.toThrow(message)
  })

  test('throws when the role cannot be assumed', async () => {
    await expect(efsBehind(failing).mountTargets(fileSystemId, signal)).rejects.toThrow(
      'the metadata service gave no credentials for the role front-end',
    )
  })

  test('ends with the signal', async () => {
    const stop = new AbortController()
    await using _efs = await aws('EFS', () => {
      stop.abort(new Error('stopped'))
      return json({ MountTargets: [] })
    })
    await expect(efsBehind(instance).mountTargets(fileSystemId, stop.signal)).rejects.toThrow('stopped')
  })
})
