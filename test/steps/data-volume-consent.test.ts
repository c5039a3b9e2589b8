import { describe, expect, test } from 'vitest'
import { type Consent, printConsent } from '../../src/formats/disk-consent.ts'
import { dataVolume } from '../../src/steps/data-volume.ts'
import { refusal } from '../../src/steps/refusal.ts'
import {
  act,
  attached,
  blank,
  blankReading,
  config,
  decide,
  format,
  instanceId,
  known,
  type Seen,
  uuid,
  volumeId,
} from './data-volume-sights.ts'

const findings = '0123456789abcdef'
const consent: Consent = { volumeId, findings, by: 'ada', at: '2026-11-25T10:00:00.000Z' }
const refused = refusal('DISK_LVM_MEMBER', 'it holds LVM', 'look at it')
const hash = { is: 'hash', hash: findings } as const
const held: Seen = { ...blank, sight: { ...blankReading, verdict: refused, findings: hash } }
const command = `slurm-node-agent disk consent ${volumeId} --findings ${findings}`

describe('the consent of a person to lose what is on the data volume', () => {
  test('is asked for with the hash of what was found', () => {
    expect(decide(held)).toEqual({
      ...refused,
      findings,
      hint: `look at it; if nothing on it is needed any more, ${command} has the next apply erase and format it`,
    })
  })

  test('has it formatted, and says who gave it', () => {
    expect(decide({ ...held, consentText: printConsent(consent) })).toEqual(
      act({
        ...format,
        consentedFindings: findings,
        because: `ada consented at 2026-11-25T10:00:00.000Z to lose what is on the disk (findings ${findings})`,
      }),
    )
  })

  test('is asked for again when something else is found by now', () => {
    const consentText = printConsent({ ...consent, findings: 'fedcba9876543210' })
    expect(decide({ ...held, consentText })).toMatchObject({
      is: 'refuse',
      hint: expect.stringContaining(
        `${command} has the next apply erase and format it; the consent that ada gave is for other findings, fedcba9876543210: the disk has changed, or the machine was restarted`,
      ),
    })
  })

  test.each([
    ['for another volume', printConsent({ ...consent, volumeId: 'vol-other' })],
    ['cut off', printConsent(consent).slice(0, 40)],
    ['empty', ''],
  ])('does not count: %s', (_case, consentText) => {
    expect(decide({ ...held, consentText })).toMatchObject({ is: 'refuse', findings })
  })

  test('is asked for a blank volume that was made from a snapshot', () => {
    const facts = known({ snapshotId: 'snap-1' })
    const empty: Seen = { ...blank, sight: { ...blankReading, facts, findings: hash } }
    expect(decide(empty)).toMatchObject({ is: 'refuse', code: 'DISK_FROM_SNAPSHOT', findings })
    expect(decide({ ...empty, consentText: printConsent(consent) })).toMatchObject({
      is: 'act',
      actions: [{ do: 'format', consentedFindings: findings }],
    })
  })

  test('cannot be given where the disk could not be read', () => {
    const unread = { ...blankReading, verdict: refused, findings: { is: 'unknown', because: 'EIO' } as const }
    expect(decide({ ...held, sight: unread, consentText: printConsent(consent) })).toEqual({
      ...refused,
      hint: 'look at it; it cannot be consented to lose what is on it, as that could not be read: EIO',
    })
  })

  test('is used up by a format that fails', () => {
    const action = { ...format, consentedFindings: findings }
    expect(decide(held, [{ is: 'failed', action, error: 'wipefs: busy' }])).toMatchObject({
      is: 'refuse',
      hint: expect.stringMatching(/; the consent that was given is used up by a format that failed: wipefs: busy$/),
    })
  })

  test('is asked for nothing of a file system of ours that was cut off on a volume from a snapshot', () => {
    const intent = { volumeId, instanceId, uuid }
    const facts = known({ snapshotId: 'snap-1' })
    const half: Seen = { ...blank, sight: { ...blankReading, facts, verdict: { is: 'half-made', intent } } }
    expect(decide(half)).toMatchObject({ is: 'act', actions: [{ do: 'format', intent }] })
  })

  test('is not asked for while another instance has the volume, too, and does not help then', () => {
    const facts = known({ attachments: [attached, { ...attached, instanceId: 'i-other' }] })
    const shared: Seen = { ...held, sight: { ...blankReading, verdict: refused, findings: hash, facts } }
    expect(decide(shared)).toEqual(refused)
    expect(decide({ ...shared, consentText: printConsent(consent) })).toEqual(refused)
  })

  test('is not asked for a partition: only whole disks are formatted', () => {
    const partition = { dataVolume: { ...config.dataVolume, partition: 1 } }
    expect(dataVolume.decide(partition, { ...held, consentText: printConsent(consent) }, [])).toEqual(refused)
  })
})
