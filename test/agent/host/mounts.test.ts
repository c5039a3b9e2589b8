import { access, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { describe, expect, test } from 'vitest'
import { clock } from '../../../agent/host/clock.ts'
import { askingMounts } from '../../../agent/host/mounts.ts'
import type { Host } from '../../../src/engine/host.ts'
import { fakeClock } from '../../fake-clock.ts'
import { signal } from '../../fake-host.ts'

const mount = { target: '/mnt/work', device: '0:50' }
const nfs = { type: 0x69_69 }
const never = async () => await new Promise<never>(() => undefined)

/** As Node makes them of what libuv has no name for. */
function systemError(errno: number) {
  return Object.assign(new Error(`Unknown system error -${errno}`), { errno: -errno })
}

describe('the real calls', () => {
  const { serverOf, mayWrite } = askingMounts({ statfs, access }, clock)

  test('tell another file system from NFS', async () => {
    expect(await serverOf({ ...mount, target: tmpdir() }, signal)).toEqual({ is: 'unmounted' })
    expect(await mayWrite({ ...mount, target: tmpdir() }, signal)).toEqual({ is: 'done' })
  })

  test('have words for an error', async () => {
    const because = expect.stringContaining("ENOENT: no such file or directory, statfs '/nowhere'")
    expect(await serverOf({ ...mount, target: '/nowhere' }, signal)).toEqual({ is: 'error', because })
    expect(await mayWrite({ ...mount, target: '/nowhere' }, signal)).toMatchObject({ is: 'error' })
  })
})

test('NFS that answers is well, and one that does not know the mount says so', async () => {
  const calls = { statfs: async () => nfs, access: async () => undefined }
  const well = askingMounts(calls, clock)
  expect([await well.serverOf(mount, signal), await well.mayWrite(mount, signal)]).toEqual([
    { is: 'done' },
    { is: 'done' },
  ])
  const gone = askingMounts({ ...calls, statfs: async () => await Promise.reject(systemError(116)) }, clock)
  expect(await gone.serverOf(mount, signal)).toEqual({ is: 'stale' })
  const broken = askingMounts({ ...calls, statfs: async () => await Promise.reject(systemError(5)) }, clock)
  expect(await broken.serverOf(mount, signal)).toEqual({ is: 'error', because: 'Unknown system error -5' })
})

describe('a mount that does not answer', () => {
  /** Whose every call hangs until it is let go. */
  function dead() {
    const time = fakeClock()
    const calls: string[] = []
    const { promise, resolve } = Promise.withResolvers<typeof nfs>()
    const host: Pick<Host, 'serverOf' | 'mayWrite'> = askingMounts(
      {
        statfs: async (path) => {
          calls.push(`statfs ${path}`)
          return await promise
        },
        access: never,
      },
      time,
    )
    return { time, calls, host, revive: () => resolve(nfs) }
  }

  test('is silent after 10 s, for both questions', async () => {
    const { time, host } = dead()
    const answers = await time.until(Promise.all([host.serverOf(mount, signal), host.mayWrite(mount, signal)]))
    expect([...answers, time.now()]).toEqual([
      { is: 'silent', afterMs: 10_000 },
      { is: 'silent', afterMs: 10_000 },
      10_000,
    ])
  })

  test('is asked once at a time, and another one at the same place for itself', async () => {
    const { time, calls, host, revive } = dead()
    await time.until(host.serverOf(mount, signal))
    await time.until(host.serverOf(mount, signal))
    expect(calls).toEqual(['statfs /mnt/work'])
    await time.until(host.serverOf({ ...mount, device: '0:51' }, signal))
    expect(calls).toHaveLength(2)
    const asked = host.serverOf(mount, signal)
    revive()
    expect(await time.until(asked)).toEqual({ is: 'done' })
    expect(await host.serverOf(mount, signal)).toEqual({ is: 'done' })
    expect(calls).toHaveLength(3)
  })

  test('is waited for no longer than the look', async () => {
    const stop = new AbortController()
    const asked = dead().host.serverOf(mount, stop.signal)
    stop.abort(new Error('the deadline'))
    await expect(asked).rejects.toThrow('the deadline')
  })
})
