import { describe, expect, test, vi } from 'vitest'
import { DeadlinePassed, orAborted, withDeadline } from '../../src/engine/clock.ts'
import { fakeClock } from '../fake-clock.ts'
import { signal } from '../fake-host.ts'

describe('withDeadline', () => {
  test('aborts when the time is up, and says that it was the time', async () => {
    const clock = fakeClock()
    using deadline = withDeadline(clock, 90_000, signal)
    await clock.untilQuiet()
    expect(clock.now()).toBe(90_000)
    expect(deadline.signal.reason).toEqual(new DeadlinePassed('not done within 90 s'))
  })

  test('aborts with its parent, and for the reason of its parent', () => {
    const parent = new AbortController()
    using deadline = withDeadline(fakeClock(), 90_000, parent.signal)
    parent.abort(new Error('SIGTERM'))
    expect(deadline.signal.reason).toEqual(new Error('SIGTERM'))
  })

  test('is aborted from the start under a parent that is', () => {
    using deadline = withDeadline(fakeClock(), 90_000, AbortSignal.abort(new Error('SIGTERM')))
    expect(deadline.signal.aborted).toBe(true)
  })

  test('leaves no timer behind, and does not abort after its end', async () => {
    const clock = fakeClock()
    const deadline = withDeadline(clock, 90_000, signal)
    deadline[Symbol.dispose]()
    await clock.untilQuiet()
    expect([clock.now(), deadline.signal.aborted]).toEqual([0, false])
  })
})

describe('orAborted', () => {
  const stop = new Error('SIGTERM')

  test('gives what the promise gives', async () => {
    expect(await orAborted(Promise.resolve(1), signal)).toBe(1)
    await expect(orAborted(Promise.reject(new Error('EIO')), signal)).rejects.toThrow('EIO')
  })

  test('gives up a promise that never settles', async () => {
    const controller = new AbortController()
    const waiting = orAborted(new Promise(() => undefined), controller.signal)
    controller.abort(stop)
    await expect(waiting).rejects.toBe(stop)
  })

  test('gives up at once when aborted already, though the promise would settle', async () => {
    await expect(orAborted(Promise.resolve(1), AbortSignal.abort(stop))).rejects.toBe(stop)
  })

  test.each([
    ['aborted before', (controller: AbortController) => controller.abort(stop), () => undefined],
    ['aborted later', () => undefined, (controller: AbortController) => controller.abort(stop)],
  ])('leaves no rejection unhandled when %s', async (_when, before, after) => {
    const unhandled = vi.fn<() => void>()
    process.on('unhandledRejection', unhandled)
    const { promise, reject } = Promise.withResolvers<never>()
    const controller = new AbortController()
    before(controller)
    const waiting = orAborted(promise, controller.signal)
    after(controller)
    await expect(waiting).rejects.toBe(stop)
    reject(new Error('late'))
    await new Promise(setImmediate)
    process.off('unhandledRejection', unhandled)
    expect(unhandled).not.toHaveBeenCalled()
  })

  test('leaves no listener on the signal', async () => {
    const controller = new AbortController()
    const removed = vi.spyOn(controller.signal, 'removeEventListener')
    await orAborted(Promise.resolve(1), controller.signal)
    expect(removed).toHaveBeenCalledOnce()
  })
})
