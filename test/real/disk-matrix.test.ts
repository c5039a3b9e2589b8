import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { read } from '../../agent/host/files.ts'
import { formatDisk } from '../../agent/host/format.ts'
import { messageOf } from '../../src/engine/errors.ts'
import type { Host } from '../../src/engine/host.ts'
import { consentPath } from '../../src/formats/disk-consent.ts'
import { intentPath, parseIntent } from '../../src/formats/format-intent.ts'
import { signal } from '../fake-host.ts'
import { asEbs, volumeId } from './as-ebs.ts'
import { consentTo, decideOn, forcedOn, forgetRecords, formatOf, type InShort, inShort } from './data-volume-run.ts'
import { whyNoPart } from './kernel-parts.ts'
import { leftOut } from './left-out.ts'
import { loopDisk, whyNoLoopDisks } from './loop-disk.ts'
import { stateTable } from './matrix-table.ts'
import { run } from './run.ts'
import { type DiskState, type Expected, type StateGroup, titleOf } from './states/disk-state.ts'
import { groups } from './states/groups.ts'
import { hashOf, type TestDisk } from './test-disk.ts'

/** There, what cannot be made on the machine itself is made, and nothing may be left out. */
const inGuest = process.env['DISK_MATRIX'] === 'in-guest'

const reason = await whyNoLoopDisks()
if (reason !== undefined && inGuest) throw new Error(reason)
const isLeftOut = leftOut('the disk matrix is skipped', reason)

const matrix = inGuest ? groups.map(withNeeds).filter(({ states }) => states.length > 0) : groups

const deadlineMs = 120_000

/** Why a state could not be made here, by its title. */
const left = new Map<string, string>()

describe.skipIf(isLeftOut).each(matrix)('a real disk, $title:', ({ states }) => {
  afterEach(forgetRecords)

  test.for(states.map((state) => ({ title: titleOf(state), state })))(
    '$title: $state.expected',
    { timeout: deadlineMs },
    async ({ title, state }, context) => {
      const lack = await whyNoPart(state.needs)
      if (lack !== undefined && inGuest) throw new Error(lack)
      if (lack !== undefined) {
        left.set(title, lack)
        return context.skip(lack)
      }
      await using disk = await deviceFor(state)
      const undo = await state.prepare?.(disk)
      try {
        await expect((state.expected === 'format' ? formattedOnce : leftAlone)(disk, state)).resolves.toBe(
          state.expected,
        )
      } finally {
        if (undo !== undefined) await undo()
      }
    },
  )
})

afterAll(() => {
  if (!isLeftOut) process.stdout.write(`${stateTable(matrix, left)}\n`)
})

function withNeeds({ title, states }: StateGroup): StateGroup {
  return { title, states: states.filter(({ needs }) => needs !== undefined) }
}

async function deviceFor({ device, sizeMiB = 64, losetup = [] }: DiskState): Promise<TestDisk> {
  return device === undefined ? await loopDisk(sizeMiB, ...losetup) : await device(sizeMiB)
}

/** `format`, when that is what is decided of the disk, and what happens, once. */
async function formattedOnce(disk: TestDisk, { config, surroundings }: DiskState): Promise<Expected> {
  const host = asEbs([disk], surroundings)
  const first = await decideOn(host, config)
  const format = formatOf(first)
  await expect(formatDisk(format, signal, host)).resolves.toBe(undefined)
  await checkWhole(disk, config)
  const made = await hashOf(disk)
  // The same action once more finds the disk changed.
  await expect(formatDisk(format, signal, host)).resolves.toBe(`${disk.path} holds a file system by now`)
  expect(inShort(await decideOn(host, config))).toBe('mount')
  expect(await hashOf(disk)).toBe(made)
  await mountOnce(disk, config)
  return 'format'
}

/**
 * What is decided of the disk, each time, after the action was forced on it; not a byte of it may change. What is neither
 * formatted nor mounted has no intent any more, by which a later look could take it for half-made.
 */
async function leftAlone(disk: TestDisk, { config, surroundings }: DiskState): Promise<Expected> {
  const host = asEbs([disk], surroundings)
  const intent = parseIntent(await read(intentPath(volumeId)))
  const before = await hashOf(disk)
  const fileSystem = config?.fileSystem ?? 'ext4'
  for (const known of new Set([undefined, intent])) {
    await expect(formatDisk(forcedOn(disk, fileSystem, known), signal, host).catch(String)).resolves.toEqual(
      expect.any(String),
    )
  }
  const decided = await conclusion(disk, host, config)
  expect(await conclusion(disk, host, config)).toBe(decided)
  expect(await hashOf(disk)).toBe(before)
  expect(decided === 'mount' ? undefined : await read(intentPath(volumeId))).toBe(undefined)
  if (decided === 'mount') await mountOnce(disk, config)
  if (!lost.has(decided)) await lostOnConsent(disk, host, config)
  return decided
}

/** What a look at the disk ends in. One that fails must say where. */
async function conclusion(disk: TestDisk, host: Host, config: DiskState['config']): Promise<Expected> {
  const decision = await decideOn(host, config).catch(messageOf)
  if (typeof decision !== 'string') return withoutConverged(inShort(decision))
  expect(decision).toContain(disk.path)
  return 'OBSERVATION_FAILED'
}

/** No disk of the matrix is mounted where it belongs. */
function withoutConverged(short: InShort): Exclude<InShort, 'converged'> {
  if (short === 'converged') throw new Error('a disk that is not mounted cannot be converged')
  return short
}

/** What was lost on consent already: once for each code shows it. */
const lost = new Set<Expected>()

/**
 * A refusal that a person can overcome is overcome by a consent to these very findings, and to no others; what it makes
 * of the disk is one whole file system.
 */
async function lostOnConsent(disk: TestDisk, host: Host, config: DiskState['config']): Promise<void> {
  const decision = await decideOn(host, config).catch(messageOf)
  if (typeof decision === 'string' || decision.is !== 'refuse' || decision.findings === undefined) return
  lost.add(decision.code)
  await consentTo('0000000000000000')
  expect(await decideOn(host, config)).toMatchObject({ is: 'refuse', code: decision.code, findings: decision.findings })
  await consentTo(decision.findings)
  const format = formatOf(await decideOn(host, config))
  await expect(formatDisk(format, signal, host)).resolves.toBe(undefined)
  expect(await read(consentPath(volumeId))).toBe(undefined)
  await checkWhole(disk, config)
  expect(inShort(await decideOn(host, config))).toBe('mount')
  await mountOnce(disk, config)
}

async function checkWhole({ path }: TestDisk, { fileSystem = 'ext4' }: NonNullable<DiskState['config']> = {}) {
  await (fileSystem === 'ext4' ? run('e2fsck', '-f', '-n', path) : run('xfs_repair', '-n', path))
}

/** What is to be mounted must be for the kernel, too. */
async function mountOnce(
  { path, folder }: TestDisk,
  { fileSystem = 'ext4', partition }: NonNullable<DiskState['config']> = {},
): Promise<void> {
  const target = join(folder, 'mounted')
  await mkdir(target, { recursive: true })
  await run('mount', '-t', fileSystem, partition === undefined ? path : `${path}p${partition}`, target)
  await run('umount', target)
}
