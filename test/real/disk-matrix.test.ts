import { afterEach, describe, expect, test } from 'vitest'
import { formatDisk } from '../../agent/host/format.ts'
import { signal } from '../fake-host.ts'
import { asEbs } from './as-ebs.ts'
import { decideOn, forcedOn, forgetIntent, formatOf, inShort } from './data-volume-run.ts'
import { type DiskState, diskStates } from './disk-states.ts'
import { hashOf, type LoopDisk, loopDisk, whyNoLoopDisks } from './loop-disk.ts'
import { run } from './run.ts'

const reason = await whyNoLoopDisks()
if (reason !== undefined) process.stderr.write(`the disk matrix is skipped: ${reason}\n`)

afterEach(forgetIntent)

describe.skipIf(reason !== undefined)('a real disk that is', () => {
  test.each(diskStates)('$state: $expected', async ({ sizeMiB = 64, options = [], prepare, expected }: DiskState) => {
    await using disk = await loopDisk(sizeMiB, ...options)
    const undo = await prepare?.(disk)
    try {
      await expect(expected === 'format' ? formattedOnce(disk) : leftAlone(disk)).resolves.toBe(expected)
    } finally {
      if (undo !== undefined) await undo()
    }
  })
})

/** `format`, when that is what is decided of the disk, and what happens, once. */
async function formattedOnce(disk: LoopDisk): Promise<string> {
  const first = await decideOn(asEbs([disk]))
  const format = formatOf(first)
  await expect(formatDisk(format, signal, asEbs([disk]))).resolves.toBe(undefined)
  await run('e2fsck', '-f', '-n', disk.path)
  // The same action once more finds the disk changed.
  await expect(formatDisk(format, signal, asEbs([disk]))).resolves.toBe(`${disk.path} has a signature by now`)
  expect(inShort(await decideOn(asEbs([disk])))).toBe('mount')
  return inShort(first)
}

/** What is decided of the disk, each time, even after the action was forced on it; not a byte of it may change. */
async function leftAlone(disk: LoopDisk): Promise<string> {
  const before = await hashOf(disk.path)
  const decision = inShort(await decideOn(asEbs([disk])))
  await expect(formatDisk(forcedOn(disk), signal, asEbs([disk])).catch(String)).resolves.toEqual(expect.any(String))
  expect(inShort(await decideOn(asEbs([disk])))).toBe(decision)
  expect(await hashOf(disk.path)).toBe(before)
  return decision
}
