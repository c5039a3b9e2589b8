import { describe, expect, test } from 'vitest'
import type { Action } from '../../src/engine/action.ts'
import { printConsent } from '../../src/formats/disk-consent.ts'
import { printIntent } from '../../src/formats/format-intent.ts'
import { dataVolume } from '../../src/steps/data-volume.ts'
import type { Sight } from '../../src/steps/data-volume-sight.ts'
import { refusal } from '../../src/steps/refusal.ts'
import {
  act,
  attached,
  blank,
  blankReading,
  config,
  decide,
  denied,
  disk,
  format,
  instanceId,
  known,
  mounted,
  place,
  uuid,
  volumeId,
  whole,
} from './data-volume-sights.ts'

const intent = { volumeId, instanceId, uuid }
const intentText = printIntent(intent)
const halfMade = { ...blankReading, verdict: { is: 'half-made', intent } } as const
const elsewhere = known({ attachments: [{ ...attached, instanceId: 'i-other' }] })
const unseen = { zone: 'us-east-1a', permission: undefined, onXen: false }
const found = (code: Parameters<typeof refusal>[0]) => ({ ...blankReading, verdict: refusal(code, 'found', 'look') })

const forget: Action = {
  do: 'remove',
  path: '/var/lib/slurm-node-agent/format/vol-0123456789abcdef0.json',
  because: 'the volume is no longer as a format that was cut off leaves it',
}

describe('the intent of a format is forgotten', () => {
  test.each<[string, Sight]>([
    ['is used, or has partitions', { is: 'refused', refusal: refusal('DISK_IN_USE', 'in use', 'free it') }],
    ['is written by another program', { is: 'written', disk, by: 'dd (pid 123)' }],
    ['holds something else', found('DISK_LVM_MEMBER')],
    ['holds bytes where mkfs never writes', found('DISK_NOT_BLANK')],
    ['holds a file system that is not sound', found('DISK_FILE_SYSTEM_DAMAGED')],
    ['is half-made, but was attached to another instance', { ...halfMade, facts: elsewhere }],
    ['is attached to another instance', { is: 'absent', absence: { ...unseen, facts: elsewhere } }],
    ['was detached', { is: 'absent', absence: { ...unseen, facts: known({ attachments: [] }) } }],
  ])('where the volume %s', (_state, sight) => {
    expect(decide({ ...place, sight, intentText })).toEqual(act(forget))
    expect(decide({ ...place, sight })).not.toMatchObject({ is: 'act' })
  })

  test('where a partition of the volume is wanted by now', () => {
    const partition = { dataVolume: { ...config.dataVolume, partition: 1 } }
    const sight = { ...halfMade, disk: { ...disk, partOf: disk } }
    expect(dataVolume.decide(partition, { ...place, sight, intentText }, [])).toEqual(act(forget))
  })

  test('before all else that is done', () => {
    const mounting = decide(whole)
    if (mounting.is !== 'act') throw new Error(JSON.stringify(mounting))
    expect(decide({ ...whole, intentText: 'anything' })).toEqual(act(forget, ...mounting.actions))
  })

  test('before what a person consented to lose is lost', () => {
    const findings = '0123456789abcdef'
    const consentText = printConsent({ volumeId, findings, by: 'ada', at: '2026-11-25T10:00:00.000Z' })
    const sight = { ...found('DISK_LVM_MEMBER'), findings: { is: 'hash', hash: findings } } as const
    expect(decide({ ...blank, sight, consentText, intentText })).toMatchObject({
      actions: [forget, { do: 'format', consentedFindings: findings, intent: undefined }],
    })
  })

  test('once the file system is mounted, where nothing else is to be done', () => {
    expect(decide({ ...mounted, intentText })).toEqual(act(forget))
  })
})

describe('the intent of a format stands', () => {
  test.each<[string, Sight]>([
    ['is locked, most likely by its mkfs', { is: 'locked', disk, by: undefined }],
    ['is claimed', { is: 'claimed', disk }],
    ['is not seen yet', { is: 'absent', absence: { ...unseen, facts: known() } }],
    ['is not seen, and EC2 may not be asked', { is: 'absent', absence: { ...unseen, facts: denied } }],
  ])('while the volume %s', (_state, sight) => {
    expect(decide({ ...place, sight, intentText })).toMatchObject({ is: 'wait' })
  })

  test('while the volume is half-made, or still blank', () => {
    const because = 'an earlier run of ours was cut off while it made the file system'
    expect(decide({ ...blank, sight: halfMade, intentText })).toEqual(act({ ...format, intent, because }))
    expect(decide({ ...blank, intentText })).toEqual(act(format))
  })
})
