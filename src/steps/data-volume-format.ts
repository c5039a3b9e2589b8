import type { Config } from '../config/schema.ts'
import type { Format } from '../engine/action.ts'
import type { Decision } from '../engine/decision.ts'
import { objectionToUse } from './data-volume-attachment.ts'
import type { Ec2Facts } from './data-volume-ec2.ts'
import type { Disk } from './disk-survey.ts'
import type { Formattable } from './disk-verdict.ts'
import { refusal } from './refusal.ts'

/** The disk is blank, or half-made by us: what EC2 says of the volume must not speak against making a file system. */
export function decideFormat(
  wanted: Config['dataVolume'],
  disk: Disk,
  verdict: Formattable,
  facts: Ec2Facts,
): Decision {
  const { volumeId, fileSystem } = wanted
  const objection = objectionToUse(wanted, disk, facts) ?? objectionToFormat(volumeId, disk, facts)
  if (objection !== undefined) return objection
  const format: Format = {
    do: 'format',
    device: disk.path,
    volumeId,
    instanceId: facts.instanceId,
    sizeBytes: disk.sizeBytes,
    fileSystem,
    intent: verdict.is === 'half-made' ? verdict.intent : undefined,
    because: reasonOf(verdict, facts),
  }
  return { is: 'act', actions: [format] }
}

function objectionToFormat(volumeId: string, disk: Disk, facts: Ec2Facts): Decision | undefined {
  if (facts.volume.is === 'unanswered' || facts.volume.is === 'throttled') {
    const reason = `${disk.path} could be formatted, but EC2 does not say yet what it knows of ${volumeId}`
    return { is: 'wait', code: 'EC2_NOT_ANSWERING', for: `${reason}: ${facts.volume.because}` }
  }
  if (facts.volume.is !== 'known' || facts.volume.value === undefined) return undefined
  const volume = facts.volume.value
  const named = `${disk.path} (${volumeId})`
  if (volume.sizeBytes !== disk.sizeBytes) {
    return refusal(
      'DISK_SIZE_DIFFERS',
      `${named} has ${disk.sizeBytes} bytes, but EC2 says ${volume.sizeBytes}`,
      'is the volume being enlarged? Run apply again when that has ended; else compare the serials of lsblk with EC2',
    )
  }
  if (volume.snapshotId !== undefined) {
    return refusal(
      'DISK_FROM_SNAPSHOT',
      `${named} was made from ${volume.snapshotId}, yet nothing is found on it`,
      `a volume from a snapshot should hold data. If it is meant to be empty, make the file system by hand: mkfs.ext4 ${disk.path}`,
    )
  }
  return undefined
}

function reasonOf(verdict: Formattable, { volume }: Ec2Facts): string {
  const found =
    verdict.is === 'blank' ? 'the disk is blank' : 'an earlier run of ours was cut off while it made the file system'
  return volume.is === 'known' ? found : `${found}; EC2 could not be asked: ${volume.because}`
}
