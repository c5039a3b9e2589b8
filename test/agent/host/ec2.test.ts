import { afterEach, describe, expect, test, vi } from 'vitest'
import { ec2Behind } from '../../../agent/host/ec2.ts'
import { signal } from '../../fake-host.ts'
import { aws, ec2Error, xml } from './fake-aws.ts'
import { instance } from './role.ts'

const volumeId = 'vol-0123456789abcdef0'
const instanceId = 'i-0123456789abcdef0'

const { volume } = ec2Behind(instance)

afterEach(() => vi.unstubAllEnvs())

const described = (inner: string) =>
  xml(`<DescribeVolumesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r</requestId><volumeSet><item>
    <volumeId>${volumeId}</volumeId><size>1024</size>${inner}</item></volumeSet></DescribeVolumesResponse>`)
const item = (id: string, state: string) =>
  `<item><volumeId>${volumeId}</volumeId><instanceId>${id}</instanceId><device>/dev/sdf</device><status>${state}</status></item>`
const inUse = (...attachments: readonly string[]) =>
  described(`<snapshotId/><status>in-use</status><attachmentSet>${attachments.join('')}</attachmentSet>`)

describe('volume', () => {
  test('tells where it is attached', async () => {
    await using ec2 = await aws('EC2', () => inUse(item(instanceId, 'attaching')))
    expect(await volume(volumeId, signal)).toEqual({
      is: 'known',
      value: {
        state: 'in-use',
        sizeBytes: 1_099_511_627_776,
        snapshotId: undefined,
        attachments: [{ instanceId, state: 'attaching', deviceName: '/dev/sdf' }],
      },
    })
    expect(ec2.asked).toEqual([
      expect.stringContaining(`Action=DescribeVolumes&Version=2016-11-15&VolumeId.1=${volumeId}`),
    ])
  })

  test('tells of all attachments but those that have ended', async () => {
    await using _ec2 = await aws('EC2', () =>
      inUse(item('i-1', 'attached'), item('i-2', 'detaching'), item('i-3', 'detached')),
    )
    expect(await volume(volumeId, signal)).toMatchObject({
      value: { attachments: [{ instanceId: 'i-1' }, { instanceId: 'i-2', state: 'detaching' }] },
    })
  })

  test.each([
    [503, 'RequestLimitExceeded'],
    [503, 'EC2ThrottledException'],
    [400, 'Throttling'],
    [400, 'ThrottlingException'],
  ])('tells that EC2 throttles the account, by HTTP %d and %s', async (status, code) => {
    await using ec2 = await aws('EC2', () => ec2Error(status, code, 'Request limit exceeded.'))
    expect(await volume(volumeId, signal)).toEqual({ is: 'throttled', because: 'Request limit exceeded.' })
    expect(ec2.asked).toHaveLength(2)
  })

  test('throws what is an error of EC2', async () => {
    await using _ec2 = await aws('EC2', () => ec2Error(500, 'InternalError', 'An internal error has occurred'))
    await expect(volume(volumeId, signal)).rejects.toThrow('An internal error has occurred')
  })

  test('tells the snapshot that it was made from', async () => {
    await using _ec2 = await aws('EC2', () =>
      described('<snapshotId>snap-0</snapshotId><status>available</status><attachmentSet/>'),
    )
    expect(await volume(volumeId, signal)).toEqual({
      is: 'known',
      value: {
        state: 'available',
        sizeBytes: 1_099_511_627_776,
        snapshotId: 'snap-0',
        attachments: [],
      },
    })
  })

  test('knows that there is no such volume', async () => {
    await using _ec2 = await aws('EC2', () =>
      ec2Error(400, 'InvalidVolume.NotFound', `The volume '${volumeId}' does not exist.`),
    )
    expect(await volume(volumeId, signal)).toEqual({ is: 'known', value: undefined })
  })

  test('may not be asked', async () => {
    const words = 'You are not authorized to perform this operation. ec2:DescribeVolumes'
    await using _ec2 = await aws('EC2', () =>
      ec2Error(403, 'UnauthorizedOperation', `${words} Encoded authorization failure message: c2VjcmV0`),
    )
    expect(await volume(volumeId, signal)).toEqual({ is: 'denied', because: words })
  })

  test('throws when the answer lacks the size', async () => {
    await using _ec2 = await aws('EC2', () =>
      xml(
        `<DescribeVolumesResponse><volumeSet><item><volumeId>${volumeId}</volumeId><status>available</status></item></volumeSet></DescribeVolumesResponse>`,
      ),
    )
    await expect(volume(volumeId, signal)).rejects.toThrow(`EC2 names no size of ${volumeId}`)
  })

  test('throws when the answer is empty', async () => {
    await using _ec2 = await aws('EC2', () => xml('<DescribeVolumesResponse><volumeSet/></DescribeVolumesResponse>'))
    await expect(volume(volumeId, signal)).rejects.toThrow(`EC2 says nothing of ${volumeId}`)
  })
})
