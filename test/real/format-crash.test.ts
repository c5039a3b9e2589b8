import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { firstNonZero } from '../../agent/host/disk.ts'
import { read } from '../../agent/host/files.ts'
import { formatDisk } from '../../agent/host/format.ts'
import type { FileSystem } from '../../src/engine/action.ts'
import { intentPath, parseIntent, printIntent } from '../../src/formats/format-intent.ts'
import { blankPlaces } from '../../src/steps/blank-places.ts'
import { unwrittenPlaces } from '../../src/steps/ext4-places.ts'
import { fileSystems } from '../../src/steps/file-systems.ts'
import { signal } from '../fake-host.ts'
import { asEbs, volumeId } from './as-ebs.ts'
import { decideOn, forgetRecords, formatOf, inShort } from './data-volume-run.ts'
import { leftOut } from './left-out.ts'
import { loopDisk, whyNoLoopDisks } from './loop-disk.ts'
import { run } from './run.ts'
import { hashOf, put, type TestDisk } from './test-disk.ts'

const reason = (await whyNoLoopDisks()) ?? (await whyNoStrace())
const isLeftOut = leftOut('crashes of a format are skipped', reason)

const MiB = 1024 * 1024

afterEach(forgetRecords)

async function whyNoStrace(): Promise<string | undefined> {
  return await run('strace', '--version').then(() => undefined, String)
}

/** An agent that formats the disk, with this program in the place of mkfs. */
async function agent(disk: TestDisk, program: string, fileSystem: FileSystem = 'ext4') {
  const bin = join(disk.folder, 'bin')
  const mkfs = join(bin, `mkfs.${fileSystem}`)
  await mkdir(bin, { recursive: true })
  await writeFile(mkfs, `#!/bin/sh\n${program}\n`)
  await chmod(mkfs, 0o755)
  const script = join(import.meta.dirname, 'format-once.ts')
  const child = spawn(process.execPath, [script, disk.name, fileSystem], {
    stdio: 'ignore',
    env: { ...process.env, TEST_VOLUME_ID: volumeId, PATH: `${bin}:${process.env['PATH']}` },
  })
  return { child, ended: once(child, 'exit') }
}

/** mkfs, killed at its write number `write`. */
const cutOffAt = (write: number, fileSystem: FileSystem = 'ext4') =>
  `exec strace -f -o /dev/null -e trace=pwrite64 -e inject=pwrite64:signal=SIGKILL:when=${write} -- /sbin/mkfs.${fileSystem} "$@"`

/** How often mkfs writes to such a disk. */
async function writesOfMkfs(fileSystem: FileSystem = 'ext4'): Promise<number> {
  await using disk = await loopDisk(2_048)
  const trace = join(disk.folder, 'trace')
  const argv = fileSystems[fileSystem].makeArgv(disk.path, randomUUID())
  await run('strace', '-f', '-o', trace, '-e', 'trace=pwrite64', ...argv)
  return (await readFile(trace, 'utf8')).split('\n').filter((line) => line.includes('pwrite64')).length
}

async function intentOf() {
  return parseIntent(await read(intentPath(volumeId)))
}

describe.skipIf(isLeftOut)('a format that is cut off', () => {
  test.each([
    ['its first write', () => 1],
    ['its tenth write', () => 10],
    ['a third', (writes: number) => Math.floor(writes / 3)],
    ['the backups of the superblock', (writes: number) => writes - 3],
    ['the last write, which is the superblock', (writes: number) => writes],
  ])('at %s is made again', async (_moment, at) => {
    await using disk = await loopDisk(2_048)
    await (await agent(disk, cutOffAt(at(await writesOfMkfs())))).ended
    const begun = await intentOf()
    const format = formatOf(await decideOn(asEbs([disk])))
    // A half-made one keeps its UUID: its backups are known by it, should this one be cut off, too.
    expect([undefined, begun]).toContainEqual(format.intent)
    await expect(formatDisk(format, signal, asEbs([disk]))).resolves.toBe(undefined)
    expect(inShort(await decideOn(asEbs([disk])))).toBe('mount')
    await run('e2fsck', '-f', '-n', disk.path)
  })

  const xfs = { fileSystem: 'xfs' } as const
  test.each([
    ['its first write', () => 1],
    ['its tenth write', () => 10],
    ['a third', (writes: number) => Math.floor(writes / 3)],
    ['the write after which all else is there', (writes: number) => writes - 1],
    ['the last write, which takes back the mark that it is in progress', (writes: number) => writes],
  ])('at %s is made again, XFS too', async (_moment, at) => {
    await using disk = await loopDisk(2_048)
    await (await agent(disk, cutOffAt(at(await writesOfMkfs('xfs')), 'xfs'), 'xfs')).ended
    const begun = await intentOf()
    const format = formatOf(await decideOn(asEbs([disk]), xfs))
    expect([undefined, begun]).toContainEqual(format.intent)
    await expect(formatDisk(format, signal, asEbs([disk]))).resolves.toBe(undefined)
    expect(inShort(await decideOn(asEbs([disk]), xfs))).toBe('mount')
    await run('xfs_repair', '-n', disk.path)
  })

  test('is made again only by the instance that began it, and only where nothing else was written', async () => {
    await using disk = await loopDisk(2_048)
    await (await agent(disk, cutOffAt((await writesOfMkfs()) - 3))).ended
    const begun = await intentOf()
    if (begun === undefined) throw new Error('no intent')
    const half = await hashOf(disk)
    expect(formatOf(await decideOn(asEbs([disk]))).intent).toEqual(begun)

    await writeFile(intentPath(volumeId), printIntent({ ...begun, instanceId: 'i-0fedcba9876543210' }))
    expect(inShort(await decideOn(asEbs([disk])))).toMatch(/^DISK_/)
    await writeFile(intentPath(volumeId), printIntent(begun).slice(0, 40))
    expect(inShort(await decideOn(asEbs([disk])))).toMatch(/^DISK_/)
    await forgetRecords()
    expect(inShort(await decideOn(asEbs([disk])))).toMatch(/^DISK_/)
    expect(await hashOf(disk)).toBe(half)

    await writeFile(intentPath(volumeId), printIntent(begun))
    await put(disk, 1_100 * MiB, Buffer.alloc(MiB, 'x'))
    expect(inShort(await decideOn(asEbs([disk])))).toMatch(/^DISK_/)
    expect(await intentOf()).toBe(undefined)
  })

  test('by a stop of the run is not cut off once the disk is proved', async () => {
    await using disk = await loopDisk(64)
    const stop = new AbortController()
    const host = asEbs([disk])
    const stopping: typeof host = {
      ...host,
      // The last thing that is looked at; what comes of it is known before the stop.
      deviceWriter: async (devices) => {
        const writer = await host.deviceWriter(devices)
        setImmediate(() => stop.abort(new Error('stopped')))
        return writer
      },
    }
    await expect(formatDisk(formatOf(await decideOn(host)), stop.signal, stopping)).resolves.toBe(undefined)
    expect(stop.signal.aborted).toBe(true)
    expect(inShort(await decideOn(host))).toBe('mount')
    await run('e2fsck', '-f', '-n', disk.path)
  })

  test('with only the agent killed: mkfs goes on, the next run waits for it and takes what it made', async () => {
    await using disk = await loopDisk(2_048)
    const { child, ended } = await agent(disk, 'sleep 2; exec /sbin/mkfs.ext4 "$@"')
    while ((await intentOf()) === undefined) await setTimeout(20)
    await setTimeout(200)
    child.kill('SIGKILL')
    await ended
    expect(inShort(await decideOn(asEbs([disk])))).toBe('DEVICE_BUSY')
    const deadline = AbortSignal.timeout(20_000)
    while (inShort(await decideOn(asEbs([disk]))) === 'DEVICE_BUSY')
      await setTimeout(100, undefined, { signal: deadline })
    expect(inShort(await decideOn(asEbs([disk])))).toBe('mount')
    await run('e2fsck', '-f', '-n', disk.path)
  })
})

describe.skipIf(isLeftOut)('two agents at once', () => {
  test('make one file system', async () => {
    await using disk = await loopDisk(2_048)
    const agents = await Promise.all([
      agent(disk, 'sleep 1; exec /sbin/mkfs.ext4 "$@"'),
      agent(disk, 'sleep 1; exec /sbin/mkfs.ext4 "$@"'),
    ])
    const codes = await Promise.all(agents.map(async ({ ended }) => (await ended)[0]))
    expect(new Set(codes)).toEqual(new Set([0, 3]))
    expect(inShort(await decideOn(asEbs([disk])))).toBe('mount')
    const uuid = await run('blkid', '--probe', '--output', 'value', '--match-tag', 'UUID', disk.path)
    expect(uuid.trim()).toBe((await intentOf())?.uuid)
  })
})

describe.skipIf(isLeftOut)('the places that mkfs.ext4 never writes', () => {
  test.each([1, 8, 100, 1_000, 1_024, 16_000])('are zero after it on %i GiB, and others are not', async (sizeGiB) => {
    await using disk = await loopDisk(sizeGiB * 1_024)
    await formatDisk(formatOf(await decideOn(asEbs([disk]))), signal, asEbs([disk]))
    expect(await firstNonZero(disk.path, unwrittenPlaces(disk.sizeBytes), signal)).toBe(undefined)
    expect(await firstNonZero(disk.path, blankPlaces(disk.sizeBytes), signal)).toBeTypeOf('number')
  })
})
