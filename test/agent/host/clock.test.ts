import { expect, test } from 'vitest'
import { clock } from '../../../agent/host/clock.ts'

const never = new AbortController().signal

test('the clock tells the time, and does not stand still', async () => {
  const before = clock.now()
  expect(Math.abs(before - Date.now())).toBeLessThan(1_000)
  await clock.sleep(20, never)
  expect(clock.now() - before).toBeGreaterThanOrEqual(19)
})

test('who sleeps is woken by the signal, with its reason and without a timer that is left', async () => {
  const stop = new AbortController()
  const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
  const before = timers()
  const sleep = clock.sleep(60_000, stop.signal)
  expect(timers()).toBe(before + 1)
  stop.abort('enough')
  await expect(sleep).rejects.toBe('enough')
  await expect(clock.sleep(60_000, stop.signal)).rejects.toBe('enough')
  expect(timers()).toBe(before)
})
