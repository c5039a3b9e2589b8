import type { FileHandle } from 'node:fs/promises'
import type { Format, FormatIntent } from '../../src/engine/action.ts'
import type { Decision } from '../../src/engine/decision.ts'
import type { Host } from '../../src/engine/host.ts'
import { consentPath, parseConsent } from '../../src/formats/disk-consent.ts'
import { intentPath, parseIntent } from '../../src/formats/format-intent.ts'
import { type Ec2Facts, ec2Facts } from '../../src/steps/data-volume-ec2.ts'
import { decideFormat, withOrigin } from '../../src/steps/data-volume-format.ts'
import { contentsOf } from '../../src/steps/disk-contents.ts'
import { findingsOf } from '../../src/steps/disk-findings.ts'
import { chooseDisk } from '../../src/steps/disk-identity.ts'
import { type Disk, type DiskReads, devicesOf, surveyDisks, topsOf } from '../../src/steps/disk-survey.ts'
import { hasIdlePartitions, useOf } from '../../src/steps/disk-use.ts'
import { verdictOf } from '../../src/steps/disk-verdict.ts'
import { deviceNumber } from './device-number.ts'
import type { Stale } from './file-actions.ts'

/** The machine, and what EC2 knows of the volume. */
export type ProofReads = DiskReads & Pick<Host, 'metadata' | 'volume' | 'digest'>

/** What is no longer as it was seen; undefined when the disk is proved once more. */
export async function changeSince(
  action: Format,
  handle: FileHandle,
  reads: ProofReads,
  signal: AbortSignal,
): Promise<Stale> {
  const survey = await surveyDisks(reads, signal)
  const choice = chooseDisk(survey, { volumeId: action.volumeId, deviceName: action.device })
  if (choice.is === 'absent') return `${action.volumeId} is no longer among the disks`
  if (choice.is === 'refuse') return choice.because
  const { disk } = choice
  if (disk.readOnly) return `${disk.path} is read-only by now`
  const otherDisk = await identityChange(action, disk, handle)
  if (otherDisk !== undefined) return otherDisk
  const tops = await topsOf(disk, reads)
  const use = useOf(disk, tops, survey)
  const isFound = action.consentedFindings !== undefined && use?.code === 'DISK_PARTITIONED'
  if (use !== undefined && !(isFound && hasIdlePartitions(disk, tops, survey))) return use.because

  // EC2 first: the contents are to be known as late as can be.
  const facts = await ec2Facts(action.volumeId, reads, signal)
  if (facts.instanceId !== action.instanceId) return `this instance is ${facts.instanceId} by now`
  const { volumeId, fileSystem, device: deviceName } = action
  const found = await (action.consentedFindings === undefined
    ? blankness(action, disk, facts, reads, signal)
    : consent(action, disk, reads, signal))
  if (typeof found === 'string') return found
  if (await reads.deviceIsClaimed(disk.path)) return `something keeps ${disk.path} for itself by now`
  const writer = await reads.deviceWriter(devicesOf(disk))
  if (writer !== undefined) return `${writer} has ${disk.path} open for writing by now`
  return objectionIn(decideFormat({ volumeId, fileSystem, deviceName }, disk, found, facts))
}

/** That the disk is blank or half-made by us, or what it is by now. */
async function blankness(action: Format, disk: Disk, facts: Ec2Facts, reads: ProofReads, signal: AbortSignal) {
  const contents = await contentsOf(disk, action.fileSystem, reads, signal)
  const verdict = verdictOf(disk, contents, action.fileSystem, await ownIntent(action, reads))
  if (verdict.is === 'holds') return `${disk.path} holds a file system by now`
  const found = withOrigin(action.volumeId, disk, verdict, facts)
  return found.is === 'refuse' ? found.because : found
}

/** That the disk is what a person agreed to lose, and that the consent still stands; or why not. */
async function consent({ volumeId, consentedFindings }: Format, disk: Disk, reads: ProofReads, signal: AbortSignal) {
  const given = parseConsent(await reads.read(consentPath(volumeId)))
  if (given?.volumeId !== volumeId || given.findings !== consentedFindings) return 'nobody consents to that by now'
  const findings = await findingsOf({ volumeId }, disk, reads, signal)
  if (findings.is === 'unknown') return findings.because
  if (findings.hash !== given.findings) return `${disk.path} is no longer what ${given.by} consented to lose`
  return { is: 'consented', consent: given } as const
}

function objectionIn(decision: Decision): Stale {
  switch (decision.is) {
    case 'act':
    case 'converged':
      return undefined
    case 'wait':
      return decision.for
    case 'refuse':
      return decision.because
  }
}

/** The name, the number and the size must all be those of the disk that is open here: names are given anew. */
async function identityChange(action: Format, disk: Disk, handle: FileHandle): Promise<Stale> {
  if (disk.path !== action.device) return `${action.volumeId} is ${disk.path} by now`
  const { major, minor } = deviceNumber((await handle.stat({ bigint: true })).rdev)
  if (`${major}:${minor}` !== disk.device) return `${disk.path} is ${disk.device} by now`
  if (disk.sizeBytes !== action.sizeBytes) return `${disk.path} has ${disk.sizeBytes} bytes by now`
  const end = await bytesAt(handle, action.sizeBytes)
  if (end.last !== 1 || end.beyond !== 0) return `${disk.path} does not end at ${action.sizeBytes} bytes`
  return undefined
}

/** The size, from the device itself. */
async function bytesAt(handle: FileHandle, sizeBytes: number): Promise<{ last: number; beyond: number }> {
  const buffer = Buffer.alloc(1)
  const last = await handle.read(buffer, 0, 1, sizeBytes - 1)
  const beyond = await handle.read(buffer, 0, 1, sizeBytes)
  return { last: last.bytesRead, beyond: beyond.bytesRead }
}

/** The intent that was seen, if it is still the one on disk, and ours. */
async function ownIntent(action: Format, reads: DiskReads): Promise<FormatIntent | undefined> {
  const now = parseIntent(await reads.read(intentPath(action.volumeId)))
  const isOurs = now?.volumeId === action.volumeId && now.instanceId === action.instanceId
  return isOurs && now.uuid === action.intent?.uuid ? now : undefined
}
