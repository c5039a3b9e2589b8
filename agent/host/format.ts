import { randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Argv, Format, FormatIntent } from '../../src/engine/action.ts'
import { intentPath, parseIntent, printIntent } from '../../src/formats/format-intent.ts'
import { contentsOf } from '../../src/steps/disk-contents.ts'
import { chooseDisk } from '../../src/steps/disk-identity.ts'
import { type Disk, type DiskReads, surveyDisks, topsOf } from '../../src/steps/disk-survey.ts'
import { useOf } from '../../src/steps/disk-use.ts'
import { verdictOfUnsigned } from '../../src/steps/disk-verdict.ts'
import { blockBytes } from '../../src/steps/ext4-places.ts'
import { deviceNumber } from './device-number.ts'
import { firstNonZero } from './disk.ts'
import { exec } from './exec.ts'
import type { Stale } from './file-actions.ts'
import { list, read } from './files.ts'
import { flock } from './flock.ts'
import { replaceFile, syncDirectory } from './replace-file.ts'

const machine: DiskReads = { exec, read, list, firstNonZero }

/** How long another holder of the lock is waited for: udev holds it while it looks at a new disk. */
const lockSeconds = 10

/**
 * Makes the file system, if under the disk's lock all still holds that was seen. From the intent on it cannot be
 * interrupted. It is over when mkfs ends; whether a file system is there is for the next look to see.
 */
export async function formatDisk(action: Format, signal: AbortSignal, reads: DiskReads = machine): Promise<Stale> {
  // For writing: closing it is what makes udev, which skips a locked disk, look at the disk again
  // (systemd.io/BLOCK_DEVICE_LOCKING).
  await using handle = await open(action.device, 'r+')
  const locked = await flock(handle, ['--exclusive', '--timeout', String(lockSeconds)], signal)
  if (!locked) return `another process holds the lock of ${action.device}`
  const change = await changeSince(action, handle, reads, signal)
  if (change !== undefined) return change
  signal.throwIfAborted()

  const { volumeId, instanceId, intent } = action
  const uuid = intent?.uuid ?? randomUUID()
  await writeIntent({ volumeId, instanceId, uuid })
  // mkfs inherits the lock: should we be killed, the next run finds the disk locked until mkfs has ended.
  await exec(mkfsArgv(action, uuid), { inherit: handle.fd })
  return undefined
}

/**
 * -b: the proof of a half-made file system rests on it. No -F: mkfs opens the disk exclusively, and refuses one that is
 * in use. No discard: should all proof have failed, what mkfs does not overwrite can still be saved. No blocks reserved
 * for root: nothing that the system needs to run is kept here, and 5 % of a TiB is 51 GiB.
 */
function mkfsArgv({ fileSystem, device }: Format, uuid: string): Argv {
  return [`mkfs.${fileSystem}`, '-q', '-b', String(blockBytes), '-m', '0', '-E', 'nodiscard', '-U', uuid, device]
}

/** What is no longer as it was seen; undefined when the disk is proved once more. */
async function changeSince(action: Format, handle: FileHandle, reads: DiskReads, signal: AbortSignal): Promise<Stale> {
  const survey = await surveyDisks(reads, signal)
  const choice = chooseDisk(survey, { volumeId: action.volumeId, deviceName: action.device })
  if (choice.is === 'absent') return `${action.volumeId} is no longer among the disks`
  if (choice.is === 'refuse') return choice.because
  const { disk } = choice
  if (disk.readOnly) return `${disk.path} is read-only by now`
  const otherDisk = await identityChange(action, disk, handle)
  if (otherDisk !== undefined) return otherDisk
  const use = useOf(disk, await topsOf(disk, reads), survey)
  if (use !== undefined) return use.because

  const contents = await contentsOf(disk, reads, signal)
  if (contents.is === 'signed') return `${disk.path} has a signature by now`
  const verdict = verdictOfUnsigned(disk.path, contents, await ownIntent(action, reads))
  return verdict.is === 'refuse' ? verdict.because : undefined
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

/** The intent that was seen, if it is still the one on disk. */
async function ownIntent({ volumeId, intent }: Format, reads: DiskReads): Promise<FormatIntent | undefined> {
  const now = parseIntent(await reads.read(intentPath(volumeId)))
  return now?.uuid === intent?.uuid && now?.instanceId === intent?.instanceId ? intent : undefined
}

async function writeIntent(intent: FormatIntent): Promise<void> {
  const path = intentPath(intent.volumeId)
  const directory = dirname(path)
  await mkdir(directory, { recursive: true, mode: 0o700 })
  await syncDirectory(dirname(dirname(directory)))
  await syncDirectory(dirname(directory))
  await replaceFile(path, printIntent(intent), { mode: 0o600 })
}
