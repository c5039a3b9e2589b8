import { randomUUID } from 'node:crypto'
import { mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Argv, Format, FormatIntent } from '../../src/engine/action.ts'
import { intentPath, printIntent } from '../../src/formats/format-intent.ts'
import { blockBytes } from '../../src/steps/ext4-places.ts'
import { deviceIsClaimed, firstNonZero } from './disk.ts'
import { volume } from './ec2.ts'
import { exec } from './exec.ts'
import type { Stale } from './file-actions.ts'
import { list, read } from './files.ts'
import { flock } from './flock.ts'
import { changeSince, type ProofReads } from './format-proof.ts'
import { metadata } from './metadata.ts'
import { replaceFile, syncDirectory } from './replace-file.ts'

const machine: ProofReads = { exec, read, list, firstNonZero, deviceIsClaimed, metadata, volume }

/** How long another holder of the lock is waited for: udev holds it while it looks at a new disk. */
const lockSeconds = 10

/**
 * Makes the file system, if under the disk's lock all still holds that was seen. From the intent on it cannot be
 * interrupted. It is over when mkfs ends; whether a file system is there is for the next look to see.
 */
export async function formatDisk(action: Format, signal: AbortSignal, reads: ProofReads = machine): Promise<Stale> {
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

async function writeIntent(intent: FormatIntent): Promise<void> {
  const path = intentPath(intent.volumeId)
  const directory = dirname(path)
  await mkdir(directory, { recursive: true, mode: 0o700 })
  await syncDirectory(dirname(dirname(directory)))
  await syncDirectory(dirname(directory))
  await replaceFile(path, printIntent(intent), { mode: 0o600 })
}
