import { afterEach, describe, expect, test, vi } from 'vitest'
import { ec2Behind } from '../../../agent/host/ec2.ts'
import { signal } from '../../fake-host.ts'
import { aws, ec2Error, xml } from './fake-aws.ts'
import { instance } from './role.ts'

const volumeId = 'vol-0123456789abcdef0'
const instanceId = 'i-0123456789abcdef0'
const request = { volumeId, instanceId, deviceName: '/dev/sdf' }

const { volume, blockDevices, instanceStates, mayAttach, attachVolume, tagInstance } = ec2Behind(instance)

afterEach(() => {
  vi.unstubAllEnvs()
  vi.useRealTimers()
})

const described = (inner: string) =>
  xml(`<DescribeVolumesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r</requestId><volumeSet><item>
    <volumeId>${volumeId}</volumeId><size>1024</size><availabilityZone>us-east-1a</availabilityZone>${inner}</item></volumeSet></DescribeVolumesResponse>`)
const item = (id: string, state: string) =>
  `<item><volumeId>${volumeId}</volumeId><instanceId>${id}</instanceId><device>/dev/sdf</device><status>${state}</status>
    <attachTime>2026-01-01T00:00:00.000Z</attachTime></item>`
const inUse = (...attachments: readonly string[]) =>
  described(`<snapshotId/><status>in-use</status><attachmentSet>${attachments.join('')}</attachmentSet>`)

describe('volume', () => {
  test('tells where it is attached', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-01-01T00:00:07Z') })
    await using ec2 = await aws('EC2', () => inUse(item(instanceId, 'attaching')))
    expect(await volume(volumeId, signal)).toEqual({
      is: 'known',
      value: {
        state: 'in-use',
        sizeBytes: 1_099_511_627_776,
        availabilityZone: 'us-east-1a',
        snapshotId: undefined,
        attachments: [{ instanceId, state: 'attaching', deviceName: '/dev/sdf', attachedForMs: 7_000 }],
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
        availabilityZone: 'us-east-1a',
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

const ofInstance = (mappings: string) =>
  xml(`<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r</requestId>
    <reservationSet><item><reservationId>r-0</reservationId><instancesSet><item><instanceId>${instanceId}</instanceId>
    <blockDeviceMapping>${mappings}</blockDeviceMapping></item></instancesSet></item></reservationSet></DescribeInstancesResponse>`)
const mapped = (deviceName: string, ebs: string) => `<item><deviceName>${deviceName}</deviceName>${ebs}</item>`

describe('blockDevices', () => {
  test('tells which volume has which device name', async () => {
    const root = mapped('/dev/xvda', '<ebs><volumeId>vol-0aaaaaaaaaaaaaaaa</volumeId><status>attached</status></ebs>')
    const data = mapped('/dev/sdf', `<ebs><volumeId>${volumeId}</volumeId><status>attaching</status></ebs>`)
    await using ec2 = await aws('EC2', () => ofInstance(`${root}${data}${mapped('/dev/sdb', '')}`))
    expect(await blockDevices(instanceId, signal)).toEqual({
      is: 'known',
      value: [
        { deviceName: '/dev/xvda', volumeId: 'vol-0aaaaaaaaaaaaaaaa' },
        { deviceName: '/dev/sdf', volumeId },
      ],
    })
    expect(ec2.asked).toEqual([
      expect.stringContaining(`Action=DescribeInstances&Version=2016-11-15&InstanceId.1=${instanceId}`),
    ])
  })

  test('tells that there is none', async () => {
    await using _ec2 = await aws('EC2', () => ofInstance(''))
    expect(await blockDevices(instanceId, signal)).toEqual({ is: 'known', value: [] })
  })

  test('may not be asked', async () => {
    await using _ec2 = await aws('EC2', () => ec2Error(403, 'UnauthorizedOperation', 'You are not authorized.'))
    expect(await blockDevices(instanceId, signal)).toEqual({ is: 'denied', because: 'You are not authorized.' })
  })

  test('throws when the answer is empty', async () => {
    await using _ec2 = await aws('EC2', () =>
      xml('<DescribeInstancesResponse><reservationSet/></DescribeInstancesResponse>'),
    )
    await expect(blockDevices(instanceId, signal)).rejects.toThrow(`EC2 says nothing of ${instanceId}`)
  })
})

const instances = (states: Readonly<Record<string, string>>, nextToken = '') =>
  xml(`<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r</requestId>
    <reservationSet>${Object.entries(states)
      .map(
        ([id, state]) => `<item><reservationId>r-0</reservationId><instancesSet><item><instanceId>${id}</instanceId>
        <instanceState><code>0</code>${state}</instanceState></item></instancesSet></item>`,
      )
      .join('')}</reservationSet>${nextToken}</DescribeInstancesResponse>`)

describe('instanceStates', () => {
  test('tells the state of each that there is', async () => {
    await using ec2 = await aws('EC2', () =>
      instances({ 'i-1': '<name>running</name>', 'i-2': '<name>terminated</name>' }),
    )
    expect(await instanceStates(['i-1', 'i-2', 'i-3'], signal)).toEqual({
      is: 'known',
      value: new Map([
        ['i-1', 'running'],
        ['i-2', 'terminated'],
      ]),
    })
    expect(ec2.asked.map(fieldsOf)).toEqual([
      expect.objectContaining({
        Action: 'DescribeInstances',
        'Filter.1.Name': 'instance-id',
        'Filter.1.Value.1': 'i-1',
        'Filter.1.Value.2': 'i-2',
        'Filter.1.Value.3': 'i-3',
      }),
    ])
  })

  test('reads all pages: who is on none of them is gone', async () => {
    await using ec2 = await aws('EC2', (asked) =>
      asked.includes('NextToken=more')
        ? instances({ 'i-2': '<name>stopped</name>' })
        : instances({ 'i-1': '<name>pending</name>' }, '<nextToken>more</nextToken>'),
    )
    expect(await instanceStates(['i-1', 'i-2'], signal)).toMatchObject({
      value: new Map([
        ['i-1', 'pending'],
        ['i-2', 'stopped'],
      ]),
    })
    expect(ec2.asked).toHaveLength(2)
  })

  test('asks for no more at once than EC2 takes', async () => {
    await using ec2 = await aws('EC2', () => instances({}))
    const ids = Array.from({ length: 201 }, (_unused, index) => `i-${index}`)
    expect(await instanceStates(ids, signal)).toEqual({ is: 'known', value: new Map() })
    expect(ec2.asked.map((asked) => fieldsOf(asked)['Filter.1.Value.1'])).toEqual(['i-0', 'i-200'])
  })

  test('may not be asked', async () => {
    await using _ec2 = await aws('EC2', () => ec2Error(403, 'UnauthorizedOperation', 'You are not authorized.'))
    expect(await instanceStates(['i-1'], signal)).toEqual({ is: 'denied', because: 'You are not authorized.' })
  })

  test('throws when the answer lacks the state', async () => {
    await using _ec2 = await aws('EC2', () => instances({ 'i-1': '' }))
    await expect(instanceStates(['i-1'], signal)).rejects.toThrow('EC2 names no state of i-1')
  })
})

const attaching = xml(`<AttachVolumeResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r</requestId>
  <volumeId>${volumeId}</volumeId><instanceId>${instanceId}</instanceId><device>/dev/sdf</device><status>attaching</status></AttachVolumeResponse>`)
const words = 'You are not authorized to perform this operation: ec2:AttachVolume'
const unauthorized = ec2Error(
  403,
  'UnauthorizedOperation',
  `${words} Encoded authorization failure message: ${'c2VjcmV0'.repeat(500)}`,
)
const fieldsOf = (asked: string) => Object.fromEntries(new URLSearchParams(asked))
const fields = { Action: 'AttachVolume', VolumeId: volumeId, InstanceId: instanceId, Device: '/dev/sdf' }

describe('mayAttach', () => {
  test('asks by a dry run', async () => {
    const reply = ec2Error(412, 'DryRunOperation', 'Request would have succeeded, but DryRun flag is set.')
    await using ec2 = await aws('EC2', () => reply)
    expect(await mayAttach(request, signal)).toEqual({ is: 'known', value: true })
    expect(ec2.asked.map(fieldsOf)).toEqual([expect.objectContaining({ ...fields, DryRun: 'true' })])
  })

  test('tells that the permission is missing', async () => {
    await using _ec2 = await aws('EC2', () => unauthorized)
    expect(await mayAttach(request, signal)).toEqual({ is: 'denied', because: words })
  })

  test('throws when something was attached instead', async () => {
    await using _ec2 = await aws('EC2', () => attaching)
    await expect(mayAttach(request, signal)).rejects.toThrow('did not take the dry run')
  })
})

describe('attachVolume', () => {
  test('attaches the volume', async () => {
    await using ec2 = await aws('EC2', () => attaching)
    expect(await attachVolume(request, signal)).toBeUndefined()
    expect(ec2.asked.map(fieldsOf)).toEqual([expect.objectContaining(fields)])
    expect(ec2.asked[0]).not.toContain('DryRun')
  })

  const inUseError = ec2Error(400, 'VolumeInUse', `${volumeId} is already attached to an instance`)
  const stateError = ec2Error(400, 'IncorrectState', `Volume '${volumeId}' is in the 'in-use' state.`)

  test.each([
    ['VolumeInUse', inUseError],
    ['IncorrectState', stateError],
  ])('finds nothing wrong where it is attached to us already, though EC2 says %s', async (_code, error) => {
    await using _ec2 = await aws('EC2', (asked) =>
      asked.includes('AttachVolume') ? error : inUse(item(instanceId, 'attaching')),
    )
    expect(await attachVolume(request, signal)).toBeUndefined()
  })

  test.each([
    ['another instance has it', inUse(item('i-other', 'attached'))],
    ['EC2 does not say yet who has it', inUse()],
    ['it is gone', ec2Error(400, 'InvalidVolume.NotFound', 'no such volume')],
  ])('is stale where %s', async (_case, reply) => {
    await using _ec2 = await aws('EC2', (asked) => (asked.includes('AttachVolume') ? inUseError : reply))
    expect(await attachVolume(request, signal)).toBe(`${volumeId} is already attached to an instance`)
  })

  test('throws what EC2 says, with its code and without its kilobytes', async () => {
    await using _ec2 = await aws('EC2', () => unauthorized)
    await expect(attachVolume(request, signal)).rejects.toThrow(new Error(`UnauthorizedOperation: ${words}`))
  })

  test('ends with the signal', async () => {
    const stop = new AbortController()
    await using _ec2 = await aws('EC2', () => {
      stop.abort(new Error('stopped'))
      return attaching
    })
    await expect(attachVolume(request, stop.signal)).rejects.toThrow('abort')
  })
})

describe('tagInstance', () => {
  const tag = { key: 'slurm-node-agent:status', value: 'failed EFS_PORT_CLOSED' }

  test('tags that instance alone', async () => {
    await using ec2 = await aws('EC2', () => xml('<CreateTagsResponse><return>true</return></CreateTagsResponse>'))
    expect(await tagInstance(instanceId, tag, signal)).toEqual({ is: 'known', value: true })
    expect(ec2.asked.map(fieldsOf)).toEqual([
      {
        Action: 'CreateTags',
        Version: '2016-11-15',
        'ResourceId.1': instanceId,
        'Tag.1.Key': tag.key,
        'Tag.1.Value': tag.value,
      },
    ])
  })

  test('tells that it may not, without the kilobytes', async () => {
    await using _ec2 = await aws('EC2', () => unauthorized)
    expect(await tagInstance(instanceId, tag, signal)).toEqual({ is: 'denied', because: words })
  })
})
