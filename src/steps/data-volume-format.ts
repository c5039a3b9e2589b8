import type { Format } from '../engine/action.ts'
import type { Decision } from '../engine/decision.ts'
import { objectionToUse, otherSize } from './data-volume-attachment.ts'
import { type Ec2Facts, waitForEc2 } from './data-volume-ec2.ts'
import type { Wanted } from './disk-identity.ts'
import type { Disk } from './disk-survey.ts'
import type { Formattable } from './disk-verdict.ts'
import { refusal } from './refusal.ts'

/**
 * The disk is blank, or half-made by us: what EC2 says of the volume must not speak against making a file system. The
 * format action decides so once more, under the disk's lock.
 */
export function decideFormat(
  wanted: Wanted & Pick<Format, 'fileSystem'>,
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
    return waitForEc2(`${disk.path} could be formatted as ${volumeId}`, 'ec2:DescribeVolumes', facts.volume)
  }
  if (facts.volume.is !== 'known') {
    if (disk.serial !== undefined) return undefined
    const lacking = `${disk.path} has no serial that would prove it to be ${volumeId}`
    return waitForEc2(lacking, 'ec2:DescribeVolumes', facts.volume)
  }
  const volume = facts.volume.value
  if (volume === undefined) return undefined
  const size = otherSize(volumeId, disk, volume)
  if (size !== undefined) return size
  if (volume.snapshotId !== undefined) {
    return refusal(
      'DISK_FROM_SNAPSHOT',
      `${disk.path} (${volumeId}) was made from ${volume.snapshotId}, yet nothing is found on it`,
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
