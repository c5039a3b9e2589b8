import { afterEach, describe, expect, test, vi } from 'vitest'
import { awsBehind } from '../../../agent/host/aws.ts'
import type { Metadata } from '../../../agent/host/metadata.ts'
import { signal } from '../../fake-host.ts'
import { aws, ec2Error, efsError, json, xml } from './fake-aws.ts'

const fileSystemId = 'fs-0123456789abcdef0'
const volumeId = 'vol-0123456789abcdef0'
const role = {
  Code: 'Success',
  AccessKeyId: 'ASIAEXAMPLE',
  SecretAccessKey: 'example',
  Token: 'session',
  Expiration: '2099-01-01T00:00:00Z',
}
const items: Readonly<Record<string, string>> = {
  'meta-data/placement/region': 'us-east-1',
  'meta-data/iam/security-credentials/': 'front-end',
  'meta-data/iam/security-credentials/front-end': JSON.stringify(role),
}
const instance: Metadata = async (path) => items[path]
const withoutRole: Metadata = async (path) => (path.includes('iam') ? undefined : items[path])

const failing: Metadata = async (path) =>
  path.endsWith('front-end') ? '{"Code":"AssumeRoleUnauthorizedAccess"}' : items[path]

const target = (number: number, state: string) => ({
  MountTargetId: `fsmt-${number}`,
  FileSystemId: fileSystemId,
  SubnetId: 'subnet-0',
  LifeCycleState: state,
  IpAddress: `10.0.${number}.5`,
  AvailabilityZoneId: `use1-az${number}`,
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
    expect(await awsBehind(instance).mountTargets(fileSystemId, signal)).toEqual({
      is: 'known',
      value: [
        { availabilityZoneId: 'use1-az1', ipAddress: '10.0.1.5', state: 'available' },
        { availabilityZoneId: 'use1-az2', ipAddress: '10.0.2.5', state: 'creating' },
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

  test.each([
    [
      'may not be asked',
      efsError(
        403,
        'AccessDeniedException',
        'User: x is not authorized to perform: elasticfilesystem:DescribeMountTargets',
      ),
    ],
    [
      'does not know the file system',
      efsError(404, 'FileSystemNotFound', `File system '${fileSystemId}' does not exist.`),
    ],
  ])('AWS %s', async (_why, reply) => {
    await using _efs = await aws('EFS', () => reply)
    const { Message } = JSON.parse(reply.body)
    expect(await awsBehind(instance).mountTargets(fileSystemId, signal)).toEqual({ is: 'denied', because: Message })
  })

  test('may not be asked without a role', async () => {
    expect(await awsBehind(withoutRole).mountTargets(fileSystemId, signal)).toEqual({
      is: 'denied',
      because: 'the instance has no instance profile',
    })
  })

  test('throws when it is throttled, after one more try', async () => {
    await using efs = await aws('EFS', () => efsError(429, 'ThrottlingException', 'Rate exceeded'))
    await expect(awsBehind(instance).mountTargets(fileSystemId, signal)).rejects.toThrow('Rate exceeded')
    expect(efs.asked).toHaveLength(2)
  })

  test('tells that there is no way to AWS', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL_EFS', 'http://127.0.0.1:9')
    expect(await awsBehind(instance).mountTargets(fileSystemId, signal)).toEqual({
      is: 'unreachable',
      because: 'connect ECONNREFUSED 127.0.0.1:9',
    })
  })

  test('tells so where AWS has no name here', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL_EFS', 'http://efs.invalid')
    expect(await awsBehind(instance).mountTargets(fileSystemId, signal)).toMatchObject({ is: 'unreachable' })
  })

  test.each([
    ['AvailabilityZoneId', 'EFS names no availability zone of fsmt-1'],
    ['IpAddress', 'EFS names no IPv4 address of fsmt-1'],
    ['LifeCycleState', 'EFS names no state of fsmt-1'],
  ])('throws when the answer lacks %s', async (field, message) => {
    await using _efs = await aws('EFS', () =>
      json({ MountTargets: [{ ...target(1, 'available'), [field]: undefined }] }),
    )
    await expect(awsBehind(instance).mountTargets(fileSystemId, signal)).rejects.toThrow(message)
  })

  test('throws when the role cannot be assumed', async () => {
    await expect(awsBehind(failing).mountTargets(fileSystemId, signal)).rejects.toThrow(
      'the metadata service gave no credentials for the role front-end',
    )
  })

  test('ends with the signal', async () => {
    const stop = new AbortController()
    await using _efs = await aws('EFS', () => {
      stop.abort(new Error('stopped'))
      return json({ MountTargets: [] })
    })
    await expect(awsBehind(instance).mountTargets(fileSystemId, stop.signal)).rejects.toThrow('stopped')
  })
})

const described = (inner: string) =>
  xml(`<DescribeVolumesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r</requestId><volumeSet><item>
    <volumeId>${volumeId}</volumeId><size>1024</size>${inner}</item></volumeSet></DescribeVolumesResponse>`)
const item = (instanceId: string, state: string) =>
  `<item><volumeId>${volumeId}</volumeId><instanceId>${instanceId}</instanceId><device>/dev/sdf</device><status>${state}</status></item>`
const attachment = (state: string) => `<attachmentSet>${item('i-0123456789abcdef0', state)}</attachmentSet>`

describe('volume', () => {
  test('tells where it is attached', async () => {
    await using ec2 = await aws('EC2', () =>
      described(`<snapshotId/><status>in-use</status>${attachment('attaching')}`),
    )
    expect(await awsBehind(instance).volume(volumeId, signal)).toEqual({
      is: 'known',
      value: {
        state: 'in-use',
        sizeBytes: 1_099_511_627_776,
        snapshotId: undefined,
        attachments: [{ instanceId: 'i-0123456789abcdef0', state: 'attaching', deviceName: '/dev/sdf' }],
      },
    })
    expect(ec2.asked).toEqual([
      expect.stringContaining(`Action=DescribeVolumes&Version=2016-11-15&VolumeId.1=${volumeId}`),
    ])
  })

  test('tells of all attachments but those that have ended', async () => {
    const set = [item('i-1', 'attached'), item('i-2', 'detaching'), item('i-3', 'detached')].join('')
    await using _ec2 = await aws('EC2', () =>
      described(`<snapshotId/><status>in-use</status><attachmentSet>${set}</attachmentSet>`),
    )
    expect(await awsBehind(instance).volume(volumeId, signal)).toMatchObject({
      value: { attachments: [{ instanceId: 'i-1' }, { instanceId: 'i-2', state: 'detaching' }] },
    })
  })

  test('throws while EC2 throttles', async () => {
    await using _ec2 = await aws('EC2', () => ec2Error(503, 'RequestLimitExceeded', 'Request limit exceeded.'))
    await expect(awsBehind(instance).volume(volumeId, signal)).rejects.toThrow('Request limit exceeded.')
  })

  test('tells the snapshot that it was made from', async () => {
    await using _ec2 = await aws('EC2', () =>
      described('<snapshotId>snap-0</snapshotId><status>available</status><attachmentSet/>'),
    )
    expect(await awsBehind(instance).volume(volumeId, signal)).toEqual({
      is: 'known',
      value: { state: 'available', sizeBytes: 1_099_511_627_776, snapshotId: 'snap-0', attachments: [] },
    })
  })

  test('knows that there is no such volume', async () => {
    await using _ec2 = await aws('EC2', () =>
      ec2Error(400, 'InvalidVolume.NotFound', `The volume '${volumeId}' does not exist.`),
    )
    expect(await awsBehind(instance).volume(volumeId, signal)).toEqual({ is: 'known', value: undefined })
  })

  test('may not be asked', async () => {
    const words = 'You are not authorized to perform this operation. ec2:DescribeVolumes'
    await using _ec2 = await aws('EC2', () =>
      ec2Error(403, 'UnauthorizedOperation', `${words} Encoded authorization failure message: c2VjcmV0`),
    )
    expect(await awsBehind(instance).volume(volumeId, signal)).toEqual({ is: 'denied', because: words })
  })

  test('throws when the answer lacks the size', async () => {
    await using _ec2 = await aws('EC2', () =>
      xml(
        `<DescribeVolumesResponse><volumeSet><item><volumeId>${volumeId}</volumeId><status>available</status></item></volumeSet></DescribeVolumesResponse>`,
      ),
    )
    await expect(awsBehind(instance).volume(volumeId, signal)).rejects.toThrow(`EC2 names no size of ${volumeId}`)
  })

  test('throws when the answer is empty', async () => {
    await using _ec2 = await aws('EC2', () => xml('<DescribeVolumesResponse><volumeSet/></DescribeVolumesResponse>'))
    await expect(awsBehind(instance).volume(volumeId, signal)).rejects.toThrow(`EC2 says nothing of ${volumeId}`)
  })
})
