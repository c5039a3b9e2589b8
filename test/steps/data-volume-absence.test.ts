import { describe, expect, test } from 'vitest'
import type { Action, ActionOutcome } from '../../src/engine/action.ts'
import type { VolumeFacts } from '../../src/engine/host.ts'
import { dataVolume } from '../../src/steps/data-volume.ts'
import type { Absence } from '../../src/steps/data-volume-absence.ts'
import type { Ec2Facts } from '../../src/steps/data-volume-ec2.ts'
import {
  act,
  attached,
  config,
  denied,
  instanceId,
  known,
  place,
  throttled,
  unanswered,
  unreachable,
  volumeId,
} from './data-volume-sights.ts'

const zone = 'us-east-1a'
const toAttach = { dataVolume: { ...config.dataVolume, attach: true } }

function decide(absence: Partial<Absence>, { configured = config, past = [] as readonly ActionOutcome[] } = {}) {
  const whole = { facts: known(), zone, permission: undefined, onXen: false, ...absence }
  return dataVolume.decide(configured, { ...place, sight: { is: 'absent', absence: whole } }, past)
}

const noVolume: Ec2Facts = { instanceId, volume: { is: 'known', value: undefined } }
const detached = (volume: Partial<VolumeFacts> = {}) => known({ state: 'available', attachments: [], ...volume })
const elsewhere = (...states: readonly string[]) =>
  known({ attachments: states.map((state, index) => ({ ...attached, instanceId: `i-${index + 1}`, state })) })
const here = (state: string) => known({ attachments: [{ ...attached, state }] })
const away = { availabilityZone: 'us-east-1b' }

describe('a data volume that is not among the disks', () => {
  test.each<[string, Ec2Facts, string, string]>([
    [
      'is attached to nothing',
      detached(),
      'DATA_VOLUME_NOT_ATTACHED',
      `${volumeId} is attached to no instance; EC2 calls it available`,
    ],
    [
      'is still being made',
      detached({ state: 'creating' }),
      'DATA_VOLUME_NOT_ATTACHED',
      `${volumeId} is attached to no instance; EC2 calls it creating`,
    ],
    [
      'is attaching',
      here('attaching'),
      'DATA_VOLUME_ATTACHING',
      `EC2 is still attaching ${volumeId} to this instance (attaching)`,
    ],
    [
      'is detaching',
      here('detaching'),
      'DATA_VOLUME_DETACHING',
      `${volumeId} is being detached from this instance (detaching)`,
    ],
    ['is busy', here('busy'), 'DATA_VOLUME_DETACHING', `${volumeId} is being detached from this instance (busy)`],
    [
      'is not seen by the kernel',
      here('attached'),
      'DATA_VOLUME_NOT_SEEN',
      `${volumeId} is attached to this instance according to EC2, but the kernel does not show it`,
    ],
    [
      'is in use elsewhere',
      elsewhere('attached'),
      'DATA_VOLUME_IN_USE',
      `${volumeId} is in use by another instance: i-1 (attached)`,
    ],
    [
      'is in use by several',
      elsewhere('detaching', 'attached', 'attaching'),
      'DATA_VOLUME_IN_USE',
      `${volumeId} is in use by another instance: i-2 (attached), i-3 (attaching)`,
    ],
    ['is leaving another', elsewhere('busy'), 'DATA_VOLUME_DETACHING', `${volumeId} is being detached from i-1 (busy)`],
    [
      'is in another zone',
      detached(away),
      'DATA_VOLUME_OTHER_ZONE',
      `${volumeId} is in us-east-1b, but this instance is in us-east-1a`,
    ],
    ['is unknown', noVolume, 'DATA_VOLUME_UNKNOWN', `EC2 knows no volume ${volumeId} in this region`],
    [
      'may not be asked about',
      denied,
      'EC2_DENIED',
      `${volumeId} is not among the disks; EC2 may not be asked (ec2:DescribeVolumes): You are not authorized`,
    ],
    [
      'cannot be asked about',
      unreachable,
      'EC2_UNREACHABLE',
      `${volumeId} is not among the disks; EC2 cannot be reached (ec2:DescribeVolumes): connect ECONNREFUSED`,
    ],
    [
      'was asked about too often',
      throttled,
      'EC2_THROTTLED',
      `${volumeId} is not among the disks; EC2 throttles the account (ec2:DescribeVolumes): Request limit exceeded.`,
    ],
    [
      'was asked about in vain',
      unanswered,
      'EC2_NOT_ANSWERING',
      `${volumeId} is not among the disks; EC2 does not answer (ec2:DescribeVolumes): An internal error has occurred`,
    ],
  ])('%s: the wait says so', (_state, facts, code, reason) => {
    expect(decide({ facts })).toEqual({ is: 'wait', code, for: reason })
  })
})

describe('a data volume that the agent is to attach', () => {
  const attach: Action = {
    do: 'attach-volume',
    volumeId,
    instanceId,
    deviceName: '/dev/sdf',
    because: 'it is attached to no instance, and dataVolume.attach is set',
  }
  const permitted = { is: 'known', value: true } as const
  const decideAttach = (absence: Partial<Absence>, past: readonly ActionOutcome[] = []) =>
    decide(absence, { configured: toAttach, past })

  test('is attached when it is free', () => {
    expect(decideAttach({ facts: detached(), permission: permitted })).toEqual(act(attach))
  })

  test.each(['failed', 'stale'] as const)('is tried again after a try that was %s', (is) => {
    const past: readonly ActionOutcome[] = [{ is, action: attach, error: 'no', because: 'no' }]
    expect(decideAttach({ facts: detached(), permission: permitted }, past)).toEqual(act(attach))
  })

  test('is waited for when EC2 lags behind what it was told', () => {
    const past: readonly ActionOutcome[] = [{ is: 'done', action: attach }]
    expect(decideAttach({ facts: detached(), permission: permitted }, past)).toEqual({
      is: 'wait',
      code: 'DATA_VOLUME_ATTACHING',
      for: `EC2 was told to attach ${volumeId}, but does not show it yet`,
    })
  })

  test.each<[string, Absence['permission'], string, string]>([
    [
      'may not be',
      { is: 'denied', because: 'You are not authorized' },
      'ATTACH_DENIED',
      `${volumeId} is available, but this instance may not attach it (ec2:AttachVolume): You are not authorized`,
    ],
    [
      'was asked for too often',
      { is: 'throttled', because: 'Request limit exceeded.' },
      'EC2_THROTTLED',
      `${volumeId} is to be attached; EC2 throttles the account (ec2:AttachVolume): Request limit exceeded.`,
    ],
    [
      'was asked for in vain',
      { is: 'unanswered', because: 'what?' },
      'EC2_NOT_ANSWERING',
      `${volumeId} is to be attached; EC2 does not answer (ec2:AttachVolume): what?`,
    ],
  ])('is waited for while it %s', (_state, permission, code, reason) => {
    expect(decideAttach({ facts: detached(), permission })).toEqual({ is: 'wait', code, for: reason })
  })

  test.each<[string, Ec2Facts, string, string, RegExp]>([
    [
      'another instance has it',
      elsewhere('attached'),
      'ATTACH_IN_USE',
      `${volumeId} is in use by another instance: i-1 (attached)`,
      /detach/,
    ],
    [
      'it is in another zone',
      detached(away),
      'ATTACH_OTHER_ZONE',
      `${volumeId} is in us-east-1b, but this instance is in us-east-1a`,
      /in us-east-1b, or make a volume in us-east-1a/,
    ],
    ['there is none', noVolume, 'ATTACH_NO_VOLUME', `EC2 knows no volume ${volumeId} in this region`, /volumeId/],
  ])('is refused where %s', (_state, facts, code, because, hint) => {
    // Even if the permission were there.
    expect(decideAttach({ facts, permission: permitted })).toEqual({
      is: 'refuse',
      code,
      because,
      hint: expect.stringMatching(hint),
    })
  })

  test.each<[string, Ec2Facts, string]>([
    ['is still being made', detached({ state: 'creating' }), 'DATA_VOLUME_NOT_ATTACHED'],
    ['is leaving another instance', elsewhere('detaching'), 'DATA_VOLUME_DETACHING'],
    ['is attaching', here('attaching'), 'DATA_VOLUME_ATTACHING'],
    ['is leaving this instance', here('detaching'), 'DATA_VOLUME_DETACHING'],
    ['is not seen by the kernel', here('attached'), 'DATA_VOLUME_NOT_SEEN'],
    ['may not be asked about', denied, 'EC2_DENIED'],
  ])('is waited for while it %s', (_state, facts, code) => {
    expect(decideAttach({ facts })).toMatchObject({ is: 'wait', code })
  })
})

describe('a disk that the kernel does not show', () => {
  const since = (attachedForMs: number | undefined) => known({ attachments: [{ ...attached, attachedForMs }] })
  const unseen = `${volumeId} is attached to this instance according to EC2, but the kernel does not show it`
  const rescan = (attachedForMs: number): Action => ({ do: 'rescan-pci', attachedForMs, because: unseen })
  const after = (...tried: readonly number[]): readonly ActionOutcome[] =>
    tried.map((attachedForMs) => ({ is: 'done', action: rescan(attachedForMs) }))
  const wait = { is: 'wait', code: 'DATA_VOLUME_NOT_SEEN', for: unseen }

  test.each<[string, number, readonly number[], object]>([
    ['is given 20 s', 19_999, [], wait],
    ['is then looked for on the PCI bus', 20_000, [], act(rescan(20_000))],
    ['is waited for after that', 79_999, [20_000], wait],
    ['is looked for once more after a minute', 80_000, [20_000], act(rescan(80_000))],
    ['is looked for by the last of all tries', 139_999, [20_000, 80_000], wait],
    ['is looked for at once by a later run', 86_400_000, [], act(rescan(86_400_000))],
  ])('%s', (_behaviour, attachedForMs, tried, decision) => {
    expect(decide({ facts: since(attachedForMs) }, { past: after(...tried) })).toEqual(decision)
  })

  test('is not looked for again at once where that failed', () => {
    const past: readonly ActionOutcome[] = [{ is: 'failed', action: rescan(20_000), error: 'EROFS' }]
    expect(decide({ facts: since(21_000) }, { past })).toEqual(wait)
  })

  test('is not looked for on Xen, whose disks are on no PCI bus', () => {
    expect(decide({ facts: since(80_000), onXen: true })).toEqual(wait)
  })

  test('is not looked for where EC2 does not say since when it is attached', () => {
    expect(decide({ facts: since(undefined) })).toEqual(wait)
  })
})
