import assert from 'node:assert/strict'
import type { Guest } from './guest.ts'

/** Nothing is mounted there, and nothing was written where it would be. */
export async function assertNothingThere(guest: Guest, mountPoint: string): Promise<void> {
  await guest.run(['findmnt', '--mountpoint', mountPoint], { ok: [1] })
  assert.equal((await guest.run(['find', mountPoint, '-mindepth', '1'], { ok: [0, 1] })).stdout, '')
}

/** Something is mounted there, and below it the directory is bare. */
export async function assertBareBelow(guest: Guest, mountPoint: string): Promise<void> {
  const view = '/run/lab-root'
  await guest.run(['mkdir', '-p', view])
  await guest.run(['mount', '--bind', '/', view])
  try {
    const { stdout } = await guest.run(['ls', '-A', view + mountPoint])
    assert.equal(stdout, '', `nothing was written below the mount ${mountPoint}`)
  } finally {
    await guest.run(['umount', view])
  }
}
