import type { ActionOutcome, Format } from '../engine/action.ts'
import type { Decision } from '../engine/decision.ts'
import type { Consent } from '../formats/disk-consent.ts'
import { objectionToGuess, objectionToUse, otherSize } from './data-volume-attachment.ts'
import { type Ec2Facts, snapshotBehind } from './data-volume-ec2.ts'
import type { Identified } from './data-volume-identity.ts'
import type { Reading } from './data-volume-sight.ts'
import type { Wanted } from './disk-identity.ts'
import { withOffer } from './disk-offer.ts'
import { refuseBlankPartition } from './disk-partition.ts'
import type { Disk } from './disk-survey.ts'
import type { Formattable } from './disk-verdict.ts'
import { type Refusal, refusal } from './refusal.ts'

/** Whatever it is, a person agreed to lose it. */
interface Consented {
  readonly is: 'consented'
  readonly consent: Consent
}

/** There is no whole file system on the disk: one is made if it is blank, or if a person consents. */
export function decideUnlessHeld(
  wanted: Identified,
  { disk, verdict, facts, findings }: Reading & { readonly verdict: Formattable | Refusal },
  consent: Consent | undefined,
  past: readonly ActionOutcome[],
): Decision {
  const { volumeId, partition, fileSystem } = wanted
  const found = withOrigin(volumeId, disk, verdict, facts)
  if (partition !== undefined) return found.is === 'refuse' ? found : refuseBlankPartition(disk.path, fileSystem)
  if (found.is !== 'refuse') return decideFormat(wanted, disk, found, facts)
  // What EC2 objects to no consent can help, and none is asked for meanwhile.
  if (findings === undefined || objectionTo(wanted, disk, facts) !== undefined) return found
  const isMeant = findings.is === 'hash' && consent?.volumeId === volumeId && consent.findings === findings.hash
  if (!isMeant) return withOffer(found, volumeId, findings, consent, past)
  return decideFormat(wanted, disk, { is: 'consented', consent }, facts)
}

/** The verdict, with where the volume comes from: one that was made from a snapshot is not blank, unless by us. */
export function withOrigin(
  volumeId: string,
  { path }: Disk,
  verdict: Formattable | Refusal,
  facts: Ec2Facts,
): Formattable | Refusal {
  const snapshotId = snapshotBehind(facts)
  if (verdict.is !== 'blank' || snapshotId === undefined) return verdict
  return refusal(
    'DISK_FROM_SNAPSHOT',
    `${path} (${volumeId}) was made from ${snapshotId}, yet nothing is found on it`,
    'a volume from a snapshot should hold data: look whether it is the right snapshot, and whether it was whole',
  )
}

/**
 * The disk may be formatted for all that is on it: what EC2 says of the volume must not speak against it. The format
 * action decides so once more, under the disk's lock.
 */
export function decideFormat(
  wanted: Wanted & Pick<Format, 'fileSystem'>,
  disk: Disk,
  found: Formattable | Consented,
  facts: Ec2Facts,
): Decision {
  const { volumeId, fileSystem } = wanted
  const objection = objectionTo(wanted, disk, facts)
  if (objection !== undefined) return objection
  const format: Format = {
    do: 'format',
    device: disk.path,
    volumeId,
    instanceId: facts.instanceId,
    sizeBytes: disk.sizeBytes,
    fileSystem,
    intent: found.is === 'half-made' ? found.intent : undefined,
    consentedFindings: found.is === 'consented' ? found.consent.findings : undefined,
    because: reasonOf(found, facts),
  }
  return { is: 'act', actions: [format] }
}

function objectionTo(wanted: Wanted, disk: Disk, facts: Ec2Facts): Decision | undefined {
  return objectionToUse(wanted, disk, facts) ?? objectionToFormat(wanted.volumeId, disk, facts)
}

function objectionToFormat(volumeId: string, disk: Disk, facts: Ec2Facts): Decision | undefined {
  if (facts.volume.is !== 'known') return objectionToGuess(volumeId, disk, facts)
  const volume = facts.volume.value
  return volume && otherSize(volumeId, disk, volume)
}

function reasonOf(found: Formattable | Consented, { volume }: Ec2Facts): string {
  const reason = wordsFor(found)
  return volume.is === 'known' ? reason : `${reason}; EC2 could not be asked: ${volume.because}`
}

function wordsFor(found: Formattable | Consented): string {
  switch (found.is) {
    case 'blank':
      return 'the disk is blank'
    case 'half-made':
      return 'an earlier run of ours was cut off while it made the file system'
    case 'consented': {
      const { by, at, findings } = found.consent
      return `${by} consented at ${at} to lose what is on the disk (findings ${findings})`
    }
  }
}
