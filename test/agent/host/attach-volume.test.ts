import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Action } from '../../../src/engine/action.ts'
import { signal } from '../../fake-host.ts'
import { aws, ec2Error, type Reply, xml } from './fake-aws.ts'
import { web } from './local-server.ts'
import { items } from './role.ts'

const volumeId = 'vol-0123456789abcdef0'
const instanceId = 'i-0123456789abcdef0'
const action: Action = {
  do: 'attach-volume',
  volumeId,
  instanceId,
  deviceName: '/dev/sdf',
  because: 'the test needs it',
}

const state = (attachments: string) =>
  xml(`<DescribeVolumesResponse><volumeSet><item><volumeId>${volumeId}</volumeId><size>1</size><status>in-use</status>
    <availabilityZone>us-east-1a</availabilityZone><attachmentSet>${attachments}</attachmentSet></item></volumeSet></DescribeVolumesResponse>`)
const attachedTo = (id: string) =>
  state(`<item><volumeId>${volumeId}</volumeId><instanceId>${id}</instanceId><status>attached</status></item>`)
const attaching = xml('<AttachVolumeResponse><status>attaching</status></AttachVolumeResponse>')
const inUse = ec2Error(400, 'VolumeInUse', `${volumeId} is already attached to an instance`)

let service: Awaited<ReturnType<typeof web>>

/** Where the service is, the program finds out when it is loaded. */
beforeEach(async () => {
  service = await web(({ method, url = '' }, response) => {
    const body = method === 'PUT' ? 'token' : items[url.slice('/latest/'.length)]
    response.writeHead(body === undefined ? 404 : 200).end(body)
  })
  vi.stubEnv('AWS_EC2_METADATA_SERVICE_ENDPOINT', service.url)
  vi.resetModules()
})

afterEach(async () => {
  vi.unstubAllEnvs()
  await service[Symbol.asyncDispose]()
})

test.each<[string, Reply, Reply, object]>([
  ['is done once EC2 has accepted it', attaching, state(''), { is: 'done' }],
  ['is done where it had been done', inUse, attachedTo(instanceId), { is: 'done' }],
  [
    'is stale where another instance was faster',
    inUse,
    attachedTo('i-other'),
    { is: 'stale', because: `${volumeId} is already attached to an instance` },
  ],
  [
    'fails where EC2 refuses',
    ec2Error(400, 'AttachmentLimitExceeded', 'You have exceeded the maximum number of attachments.'),
    state(''),
    { is: 'failed', error: 'AttachmentLimitExceeded: You have exceeded the maximum number of attachments.' },
  ],
])('attach-volume %s', async (_case, toAttach, toDescribe, outcome) => {
  await using _ec2 = await aws('EC2', (asked) => (asked.includes('Action=AttachVolume') ? toAttach : toDescribe))
  const { perform } = await import('../../../agent/host/perform.ts')
  expect(await perform(action, signal)).toEqual({ ...outcome, action })
})
