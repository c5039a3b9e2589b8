import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../../src/engine/clock.ts'

export const clock: Clock = {
  now: () => Math.round(performance.timeOrigin + performance.now()),
  sleep: (ms, signal) => sleep(ms, undefined, { signal }),
}
