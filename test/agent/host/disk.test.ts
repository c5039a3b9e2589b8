import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, open, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { deviceIsClaimed, deviceIsFree, digest, firstNonZero } from '../../../agent/host/disk.ts'
import { flock } from '../../../agent/host/flock.ts'
import { signal } from '../../fake-host.ts'

const MiB = 1024 * 1024
const sizeBytes = 32 * MiB
const whole = [{ offsetBytes: 0, lengthBytes: sizeBytes }]

let folder = ''
let device = ''

/** A sparse file behaves as a device of zeros does. */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slurm-node-agent-'))
  device = join(folder, 'disk')
  await writeFile(device, '')
  await truncate(device, sizeBytes)
})

afterEach(async () => await rm(folder, { recursive: true }))

async function put(offset: number): Promise<void> {
  await using handle = await open(device, 'r+')
  await handle.write(Buffer.from('x'), 0, 1, offset)
}

describe('the first byte that is not zero', () => {
  test('is none on a device of zeros', async () => {
    expect(await firstNonZero(device, whole, signal)).toBe(undefined)
    expect(await firstNonZero(device, [], signal)).toBe(undefined)
  })

  test.each([0, 1, MiB - 1, MiB, 12_345_678, sizeBytes - 1])('is found at %i', async (offset) => {
    await put(offset)
    expect(await firstNonZero(device, whole, signal)).toBe(offset)
  })

  test('is the first, in whatever order the places are given', async () => {
    await put(20 * MiB)
    await put(3 * MiB + 5)
    const places = [20, 3].map((at) => ({ offsetBytes: at * MiB, lengthBytes: 4_096 }))
    expect(await firstNonZero(device, places, signal)).toBe(3 * MiB + 5)
  })

  test('is looked for in these places alone', async () => {
    await put(4_095)
    await put(8_192)
    expect(await firstNonZero(device, [{ offsetBytes: 4_096, lengthBytes: 4_096 }], signal)).toBe(undefined)
  })

  test('is not known where the device ends before its size', async () => {
    const places = [{ offsetBytes: sizeBytes - 10, lengthBytes: 11 }]
    await expect(firstNonZero(device, places, signal)).rejects.toThrow('ends before its size')
  })

  test('is not looked for after an abort, nor on a device that is not there', async () => {
    await expect(firstNonZero(device, whole, AbortSignal.abort(new Error('stopped')))).rejects.toThrow('stopped')
    await expect(firstNonZero(`${device}.none`, whole, signal)).rejects.toThrow('ENOENT')
  })
})

describe('the digest of places', () => {
  const places = [20, 3].map((at) => ({ offsetBytes: at * MiB, lengthBytes: MiB }))
  const of = (bytes: Uint8Array) => createHash('sha256').update('text').update(bytes).digest('hex')

  test('is the SHA-256 of the text and their bytes, in the order of their offsets', async () => {
    await put(20 * MiB)
    const expected = Buffer.alloc(2 * MiB)
    expected.write('x', MiB)
    expect(await digest('text', device, places, signal)).toBe(of(expected))
  })

  test('does not depend on what is elsewhere', async () => {
    await put(2 * MiB)
    expect(await digest('text', device, places, signal)).toBe(of(Buffer.alloc(2 * MiB)))
  })

  test('is none where the device ends before', async () => {
    await expect(digest('text', device, [{ offsetBytes: sizeBytes, lengthBytes: 1 }], signal)).rejects.toThrow(
      'ends before',
    )
  })
})

describe('a device', () => {
  test('is claimed by nobody who has merely opened it', async () => {
    await using _handle = await open(device, 'r+')
    expect(await deviceIsClaimed(device)).toBe(false)
  })

  test('that is not there is not known to be free', async () => {
    await expect(deviceIsClaimed(`${device}.none`)).rejects.toThrow('ENOENT')
  })
})

describe('the lock of a device', () => {
  test('is free until somebody takes it, and again when that file is closed', async () => {
    expect(await deviceIsFree(device, signal)).toBe(true)
    const handle = await open(device, 'r')
    expect(await flock(handle, ['--exclusive', '--nonblock'], signal)).toBe(true)
    expect(await deviceIsFree(device, signal)).toBe(false)
    await handle.close()
    expect(await deviceIsFree(device, signal)).toBe(true)
  })

  test('is free while udev looks at the device: that lock is shared', async () => {
    await using handle = await open(device, 'r')
    expect(await flock(handle, ['--shared', '--nonblock'], signal)).toBe(true)
    expect(await deviceIsFree(device, signal)).toBe(true)
  })

  test('outlives us in a child that has inherited it', async () => {
    const handle = await open(device, 'r')
    await flock(handle, ['--exclusive', '--nonblock'], signal)
    const child = spawn('sleep', ['60'], { stdio: ['ignore', 'ignore', 'ignore', handle.fd] })
    await handle.close()
    expect(await deviceIsFree(device, signal)).toBe(false)
    child.kill()
    await once(child, 'exit')
    expect(await deviceIsFree(device, signal)).toBe(true)
  })

  test('throws where it cannot be had for another reason', async () => {
    await using handle = await open(device, 'r')
    await expect(flock(handle, ['--no-such-option'], signal)).rejects.toThrow('flock')
  })
})
