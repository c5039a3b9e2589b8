import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { namedLocks } from '../../src/engine/locks.ts'
import { fakeClock } from '../fake-clock.ts'
import { signal } from '../fake-host.ts'

describe('a named lock', () => {
  test('is handed on in the order of asking', async () => {
    const { clock, log, work } = workshop()
    const withLock = namedLocks()
    await clock.until(Promise.all(['a', 'b', 'c'].map((name) => withLock('apt', signal, () => work(name, 10)))))
    expect(log).toEqual(['0 a', '10 b', '20 c'])
  })

  test('gives back what the work gives', async () => {
    const withLock = namedLocks()
    expect(await withLock('apt', signal, async () => 7)).toBe(7)
    expect(await withLock(undefined, signal, async () => 8)).toBe(8)
  })

  test('is free after work that throws, and the error is passed on', async () => {
    const withLock = namedLocks()
    const failing = withLock('apt', signal, () => Promise.reject(new Error('no')))
    const next = withLock('apt', signal, async () => 'free')
    await expect(failing).rejects.toThrow('no')
    expect(await next).toBe('free')
  })

  test('keeps nobody waiting who asked for none', async () => {
    const { clock, log, work } = workshop()
    const withLock = namedLocks()
    await clock.until(
      Promise.all([withLock('apt', signal, () => work('a', 10)), withLock(undefined, signal, () => work('b', 10))]),
    )
    expect(log.toSorted()).toEqual(['0 a', '0 b'])
  })

  test('is not given to one who has gone, and those behind do not overtake the holder', async () => {
    const { clock, log, work } = workshop()
    const withLock = namedLocks()
    const impatient = new AbortController()
    const turns = Promise.all([
      withLock('apt', signal, () => work('holder', 10)),
      withLock('apt', impatient.signal, () => work('gone', 10)),
      withLock('apt', signal, () => work('behind', 10)),
    ])
    impatient.abort(new Error('no longer'))
    expect(await clock.until(turns)).toEqual(['holder', undefined, 'behind'])
    expect(log).toEqual(['0 holder', '10 behind'])
  })

  test.each(['apt', undefined] as const)('(%s) is never had by one who had gone before asking', async (name) => {
    const { log, work } = workshop()
    expect(await namedLocks()(name, AbortSignal.abort(), () => work('a', 10))).toBeUndefined()
    expect(log).toEqual([])
  })

  test('is never held twice, whoever comes, fails or goes, and never lost', async () => {
    const visitor = fc.record({
      comesAt: fc.nat(50),
      works: fc.nat(20),
      goesAt: fc.option(fc.nat(80), { nil: undefined }),
      throws: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(visitor, { maxLength: 10 }), async (visitors) => {
        const clock = fakeClock()
        const withLock = namedLocks()
        let holders = 0
        const wrongs: string[] = []
        const visit = async ({ comesAt, works, goesAt, throws }: (typeof visitors)[number]) => {
          const gone = new AbortController()
          const leaving = goesAt === undefined ? undefined : clock.sleep(goesAt, signal).then(() => gone.abort())
          await clock.sleep(comesAt, signal)
          await withLock('apt', gone.signal, async () => {
            if (holders > 0 || gone.signal.aborted) wrongs.push(`${clock.now()}`)
            holders += 1
            await clock.sleep(works, signal)
            holders -= 1
            if (throws) throw new Error('work failed')
          }).catch(() => undefined) // it threw, as it was told to
          await leaving
        }
        await clock.until(Promise.all(visitors.map(visit)))
        expect(wrongs).toEqual([])
        expect(await clock.until(withLock('apt', signal, async () => 'free'))).toBe('free')
      }),
    )
  })
})

function workshop() {
  const clock = fakeClock()
  const log: string[] = []
  async function work(name: string, ms: number): Promise<string> {
    log.push(`${clock.now()} ${name}`)
    await clock.sleep(ms, signal)
    return name
  }
  return { clock, log, work }
}
