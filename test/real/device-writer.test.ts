import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { deviceWriter } from '../../agent/host/device-writer.ts'
import { heldOpen } from '../held-open.ts'
import { leftOut } from './left-out.ts'
import { loopDisk, whyNoLoopDisks } from './loop-disk.ts'
import { otherNode } from './other-node.ts'
import { run } from './run.ts'
import type { TestDisk } from './test-disk.ts'

const isLeftOut = leftOut('writers of real disks are skipped', await whyNoLoopDisks())

const numberOf = async ({ path }: TestDisk) =>
  (await run('lsblk', '--noheadings', '--nodeps', '--output', 'MAJ:MIN', path)).trim()

/** A process that sees a node of the disk where nobody else does, as one in a container, and has it open. */
async function heldInContainer({ path, folder }: TestDisk) {
  const place = join(folder, 'dev')
  await mkdir(place)
  const script = `mount -t tmpfs none ${place} && cp --archive ${path} ${place}/xvda && exec 3<>${place}/xvda && echo open && exec sleep infinity`
  const child = spawn('unshare', ['--mount', 'sh', '-c', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  return {
    pid: child.pid,
    async [Symbol.asyncDispose]() {
      child.kill()
      await once(child, 'exit')
    },
  }
}

describe.skipIf(isLeftOut)('who has a disk open for writing', () => {
  test.each(['r+', 'a'])('is found (%s), until that has ended', async (flags) => {
    await using disk = await loopDisk(1)
    const number = await numberOf(disk)
    {
      await using writer = await heldOpen(disk.path, flags)
      expect(await deviceWriter(['259:999', number])).toBe(`sleep (pid ${writer.pid})`)
    }
    expect(await deviceWriter([number])).toBeUndefined()
  })

  test('is found by whatever name', async () => {
    await using disk = await loopDisk(1)
    await using node = await otherNode(disk)
    await using writer = await heldOpen(node.path, 'r+')
    expect(await deviceWriter([await numberOf(disk)])).toBe(`sleep (pid ${writer.pid})`)
  })

  test('is found in a container', async () => {
    await using disk = await loopDisk(1)
    await using writer = await heldInContainer(disk)
    expect(await deviceWriter([await numberOf(disk)])).toBe(`sleep (pid ${writer.pid})`)
  })

  test('is not looked for on a file system that may wait for something else', async () => {
    await using disk = await loopDisk(1)
    await using node = await otherNode(disk, 'ramfs')
    await using _writer = await heldOpen(node.path, 'r+')
    expect(await deviceWriter([await numberOf(disk)])).toBeUndefined()
  })

  test('is nobody who only reads it, or writes to another', async () => {
    await using disk = await loopDisk(1)
    await using other = await loopDisk(1)
    await using _reader = await heldOpen(disk.path, 'r')
    await using _elsewhere = await heldOpen(other.path, 'r+')
    expect(await deviceWriter([await numberOf(disk)])).toBeUndefined()
  })
})
