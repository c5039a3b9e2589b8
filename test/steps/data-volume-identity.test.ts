import { describe, expect, test } from 'vitest'
import type { Answer, BlockDeviceMapping, FileStat } from '../../src/engine/host.ts'
import type { Asked } from '../../src/steps/asked.ts'
import { identify, identityBehind } from '../../src/steps/data-volume-identity.ts'
import type { Disk, Survey } from '../../src/steps/disk-survey.ts'
import { fakeHost, signal } from '../fake-host.ts'
import { directory, disk, instanceId, link, onXen, volumeId } from './data-volume-sights.ts'

const store: Disk = {
  ...disk,
  name: 'nvme0n1',
  path: '/dev/nvme0n1',
  serial: 'AWS0123456789ABCDEF0',
  model: 'Amazon EC2 NVMe Instance Storage',
}
const other: Disk = { ...disk, name: 'nvme3n1', path: '/dev/nvme3n1', serial: 'vol0bbbbbbbbbbbbbbbb' }

const surveyOf = (...disks: readonly Disk[]): Survey => ({ disks, mounts: [], swaps: [] })
const known = (deviceName: string) => ({ is: 'known', wanted: { volumeId, deviceName } })
const wait = (code: string, reason: string) => ({ is: 'unknown', decision: { is: 'wait', code, for: reason } })
const refused = (code: string, because: string) => ({
  is: 'unknown',
  decision: { is: 'refuse', code, because, hint: 'set dataVolume.volumeId to the ID of the data volume' },
})

const mapped = (...mappings: readonly BlockDeviceMapping[]): Answer<readonly BlockDeviceMapping[]> => ({
  is: 'known',
  value: [{ deviceName: '/dev/xvda', volumeId: 'vol-0aaaaaaaaaaaaaaaa' }, ...mappings],
})
const asSdf = { deviceName: '/dev/sdf', volumeId }
const asXvdf = { deviceName: 'xvdf', volumeId: 'vol-0bbbbbbbbbbbbbbbb' }

describe('which volume a device name means', () => {
  test.each<[string, string, Asked<readonly BlockDeviceMapping[]>, readonly Disk[], object]>([
    ['EC2 says', '/dev/sdf', mapped(asSdf), [], known('/dev/sdf')],
    ['EC2 says, under the name that Xen makes of it', '/dev/xvdf', mapped(asSdf), [], known('/dev/xvdf')],
    ['udev agrees to what EC2 says', '/dev/sdf', mapped(asSdf), [disk], known('/dev/sdf')],
    ['udev says, where EC2 may not be asked', '/dev/sdf', { is: 'denied', because: 'no' }, [disk], known('/dev/sdf')],
    [
      'udev says, where there is no way to EC2',
      '/dev/sdf',
      { is: 'unreachable', because: 'no' },
      [disk],
      known('/dev/sdf'),
    ],
  ])('%s', (_source, deviceName, mappings, linked, identity) => {
    expect(identityBehind(deviceName, mappings, linked)).toEqual(identity)
  })

  const nothing = wait('DATA_VOLUME_NOT_ATTACHED', 'according to EC2, nothing is attached to this instance as /dev/sdf')
  const notKnown = 'it is not known which volume /dev/sdf is; EC2'
  test.each<[string, Asked<readonly BlockDeviceMapping[]>, readonly Disk[], object]>([
    ['nothing is attached under the name', mapped(), [], nothing],
    ['EC2 lags behind udev', mapped(), [disk], nothing],
    [
      'EC2 may not be asked, and there is no link',
      { is: 'denied', because: 'no' },
      [],
      wait('EC2_DENIED', `${notKnown} may not be asked (ec2:DescribeInstances): no`),
    ],
    [
      'there is no way to EC2, and no link',
      { is: 'unreachable', because: 'no' },
      [],
      wait('EC2_UNREACHABLE', `${notKnown} cannot be reached (ec2:DescribeInstances): no`),
    ],
    [
      'EC2 throttles the account, whatever the link says',
      { is: 'throttled', because: 'no' },
      [disk],
      wait('EC2_THROTTLED', `${notKnown} throttles the account (ec2:DescribeInstances): no`),
    ],
    [
      'EC2 does not answer, whatever the link says',
      { is: 'unanswered', because: 'no' },
      [disk],
      wait('EC2_NOT_ANSWERING', `${notKnown} does not answer (ec2:DescribeInstances): no`),
    ],
  ])('is waited for while %s', (_state, mappings, linked, identity) => {
    expect(identityBehind('/dev/sdf', mappings, linked)).toEqual(identity)
  })

  test.each<[string, Asked<readonly BlockDeviceMapping[]>, readonly Disk[], object]>([
    [
      'EC2 knows two of that name',
      mapped(asSdf, asXvdf),
      [],
      refused(
        'DISK_AMBIGUOUS',
        `EC2 has more than one volume attached as /dev/sdf: ${volumeId} as /dev/sdf, vol-0bbbbbbbbbbbbbbbb as xvdf`,
      ),
    ],
    [
      'udev links two',
      mapped(asSdf),
      [disk, other],
      refused(
        'DISK_AMBIGUOUS',
        'the links of udev for /dev/sdf lead to more than one disk: /dev/nvme2n1 (serial vol0123456789abcdef0), /dev/nvme3n1 (serial vol0bbbbbbbbbbbbbbbb)',
      ),
    ],
    [
      'EC2 and udev name different volumes',
      mapped(asSdf),
      [other],
      refused(
        'DISK_IDENTITY_DIFFERS',
        `/dev/sdf is ${volumeId} according to EC2, but udev links it to /dev/nvme3n1 (serial vol0bbbbbbbbbbbbbbbb)`,
      ),
    ],
    [
      'udev links what EC2 calls a volume to an instance store',
      mapped(asSdf),
      [store],
      refused(
        'DISK_IDENTITY_DIFFERS',
        `/dev/sdf is ${volumeId} according to EC2, but udev links it to /dev/nvme0n1 (serial AWS0123456789ABCDEF0)`,
      ),
    ],
    [
      'udev links an instance store, and EC2 may not be asked',
      { is: 'denied', because: 'no' },
      [store],
      refused(
        'DISK_NOT_EBS',
        'udev links /dev/sdf to /dev/nvme0n1 (serial AWS0123456789ABCDEF0), which is no EBS volume',
      ),
    ],
  ])('is refused when %s', (_state, mappings, linked, identity) => {
    expect(identityBehind('/dev/sdf', mappings, linked)).toEqual(identity)
  })
})

describe('finding out which volume it is', () => {
  test.each([
    [undefined, '/dev/sdf'],
    ['/dev/sdh', '/dev/sdh'],
  ])('asks nobody where the configuration has its ID, with the device name %s', async (deviceName, name) => {
    const configured = { volumeId, ...(deviceName && { deviceName }) }
    expect(await identify(configured, surveyOf(), fakeHost({}), signal)).toEqual(known(name))
  })

  const metadata = { 'meta-data/instance-id': instanceId }
  const told = { metadata, blockDevices: { [instanceId]: mapped(asSdf) } } as const
  const unasked = { metadata, blockDevices: { [instanceId]: { is: 'denied', because: 'no' } } } as const
  const links = (sd: FileStat | undefined, xvd?: FileStat) => ({ stats: { '/dev/sdf': sd, '/dev/xvdf': xvd } })
  const survey = surveyOf(store, disk, other)

  test.each(['/dev/sdf', '/dev/xvdf'])('looks for links of either name of %s', async (deviceName) => {
    const find = (stats: object) => identify({ deviceName }, survey, fakeHost({ ...unasked, ...stats }), signal)
    expect(await find(links(link('nvme2n1')))).toEqual(known(deviceName))
    expect(await find(links(undefined, link('nvme2n1')))).toEqual(known(deviceName))
  })

  test.each([
    ['a disk that the kernel itself calls so (iSCSI)', { ...directory, kind: 'block-device' as const }],
    ['a link to nothing', link('nvme9n1')],
  ])('heeds no link that is %s', async (_what, stat) => {
    const host = fakeHost({ ...unasked, ...links(stat) })
    expect(await identify({ deviceName: '/dev/sdf' }, survey, host, signal)).toMatchObject({
      is: 'unknown',
      decision: { code: 'EC2_DENIED' },
    })
  })

  test('heeds no link to a disk without serial', async () => {
    const host = fakeHost({ ...told, ...links(link('xvdf')) })
    expect(await identify({ deviceName: '/dev/sdf' }, surveyOf(onXen), host, signal)).toEqual(known('/dev/sdf'))
  })

  test('believes EC2 where there is no link', async () => {
    const host = fakeHost({ ...told, ...links(undefined) })
    expect(await identify({ deviceName: '/dev/sdf' }, survey, host, signal)).toEqual(known('/dev/sdf'))
  })

  test('goes on where EC2 does not answer', async () => {
    const host = fakeHost({ ...told, ...links(link('nvme2n1')) })
    const failing: typeof host = { ...host, blockDevices: async () => await Promise.reject(new Error('what?')) }
    expect(await identify({ deviceName: '/dev/sdf' }, survey, failing, signal)).toMatchObject({
      decision: { code: 'EC2_NOT_ANSWERING' },
    })
  })
})
