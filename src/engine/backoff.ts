/** A wait looks often, since what it waits for costs nothing to see; a failed action is tried ever more rarely. */
const pauses = {
  wait: { firstMs: 500, factor: 1.5, mostMs: 5_000 },
  retry: { firstMs: 1_000, factor: 2, mostMs: 30_000 },
} as const

/** Milliseconds until try `attempt` (from 0): exponential, with up to half of it taken off at random (`random` in [0, 1)). */
export function pauseMs(kind: keyof typeof pauses, attempt: number, random: number): number {
  const { firstMs, factor, mostMs } = pauses[kind]
  const full = Math.min(firstMs * factor ** attempt, mostMs)
  return Math.round(full * (1 - random / 2))
}
