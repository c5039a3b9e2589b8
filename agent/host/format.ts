import { randomUUID } from 'node:crypto'
import { type FileHandle, open, rm } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import type { Format } from '../../src/engine/action.ts'
import { orAborted } from '../../src/engine/clock.ts'
import { consentPath } from '../../src/formats/disk-consent.ts'
import { intentPath, printIntent } from '../../src/formats/format-intent.ts'
import { fileSystems } from '../../src/steps/file-systems.ts'
import { deviceWriter } from './device-writer.ts'
import { deviceIsClaimed, digest, firstNonZero } from './disk.ts'
import { volume } from './ec2.ts'
import { exec } from './exec.ts'
import type { Stale } from './file-actions.ts'
import { list, read } from './files.ts'
import { flock } from './flock.ts'
import { changeSince, type ProofReads } from './format-proof.ts'
import { metadata } from './metadata.ts'
import { writeRecord } from './records.ts'
import { syncDirectory } from './replace-file.ts'

const machine: ProofReads = { exec, read, list, firstNonZero, digest, deviceIsClaimed, deviceWriter, metadata, volume }

/** A block: nothing of a half-made ext4 is in it, and of an XFS the superblock alone. */
const headBytes = 4_096

/** How long another holder of the lock is waited for: udev holds it while it looks at a new disk. */
const lockSeconds = 10

/**
 * Makes the file system, if under the disk's lock all still holds that was seen. Until that is proved, nothing is written,
 * and it is given up with the signal: a read of a volume that EBS does not answer for never ends. From then on it cannot
 * be interrupted. It is over when mkfs ends; whether a file system is there is for the next look to see.
 */
export async function formatDisk(action: Format, signal: AbortSignal, reads: ProofReads = machine): Promise<Stale> {
  let isProved = false
  const format = formatProved(action, signal, reads, () => {
    // Both at once: what is given up cannot be proved later.
    signal.throwIfAborted()
    isProved = true
  })
  try {
    return await orAborted(format, signal)
  } catch (error) {
    if (isProved) return await format
    throw error
  }
}

/** `onProof` is called before the first write, and keeps it from happening by what it throws. */
async function formatProved(
  action: Format,
  signal: AbortSignal,
  reads: ProofReads,
  onProof: () => void,
): Promise<Stale> {
  // For writing: closing it is what makes udev, which skips a locked disk, look at the disk again
  // (systemd.io/BLOCK_DEVICE_LOCKING).
  await using handle = await open(action.device, 'r+')
  const locked = await flock(handle, ['--exclusive', '--timeout', String(lockSeconds)], signal)
  if (!locked) return `another process holds the lock of ${action.device}`
  const change = await changeSince(action, handle, reads, signal)
  if (change !== undefined) return change
  onProof()

  if (action.consentedFindings !== undefined) {
    await forgetConsent(action.volumeId)
    await erase(action.device, handle)
  }
  if (action.intent !== undefined) await zeroHead(handle)
  const { volumeId, instanceId, intent } = action
  const uuid = intent?.uuid ?? randomUUID()
  await writeRecord(intentPath(volumeId), printIntent({ volumeId, instanceId, uuid }))
  // mkfs inherits the lock: should it outlive us, the next run finds the disk locked until mkfs has ended.
  await exec(fileSystems[action.fileSystem].makeArgv(action.device, uuid), { inherit: handle.fd })
  return undefined
}

/** It ends with its use, however that ends. The intent comes later: it says that nothing is on the disk but by us. */
async function forgetConsent(volumeId: string): Promise<void> {
  const path = consentPath(volumeId)
  await rm(path)
  await syncDirectory(dirname(path))
}

/** The superblock of an XFS that is half-made: mkfs.xfs refuses to write over one, and is not to be forced. */
async function zeroHead(handle: FileHandle): Promise<void> {
  const head = Buffer.alloc(headBytes)
  await handle.write(head, 0, headBytes, 0)
  await handle.sync()
}

/**
 * Takes away all signatures: mkfs would refuse some of them, and leave others beside its own. The kernel is to forget the
 * partitions of a table, which it does not do while somebody has one of them open.
 */
async function erase(device: string, handle: FileHandle): Promise<void> {
  await exec(['wipefs', '--all', '--quiet', device], { inherit: handle.fd })
  if ((await partitionsOf(device)).length > 0) await exec(['partx', '--delete', device], { ok: [0, 1] })
  const left = await partitionsOf(device)
  if (left.length === 0) return
  const because = `what was on ${device} is erased, but the kernel still has its partitions ${left.join(', ')}`
  throw new Error(`${because}; restart the instance, then run apply, and consent again if it asks for that`)
}

async function partitionsOf(device: string): Promise<readonly string[]> {
  const name = basename(device)
  return (await list(`/sys/class/block/${name}`)).filter((entry) => entry.startsWith(name))
}
