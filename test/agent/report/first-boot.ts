import { readFileSync } from 'node:fs'
import type { RunState } from '../../../agent/report/run-state.ts'

/** The state file of a first boot: apt is locked at first, the volume is attached late, and the mount target comes last. */
export const firstBoot: RunState = JSON.parse(
  readFileSync(new URL('../../fixtures/state/first-boot.json', import.meta.url), 'utf8'),
)

/** The same run at that many seconds, when the mount target was still being created. */
export function firstBootAt(seconds: number): { readonly run: RunState; readonly now: Date } {
  const now = new Date(Date.parse(firstBoot.startedAt) + seconds * 1_000)
  const isOver = (time: string | undefined) => time !== undefined && Date.parse(time) <= now.getTime()
  const { endedAt: _endedAt, peakMemoryBytes: _peakMemoryBytes, ...begun } = firstBoot
  const steps = firstBoot.steps.map((step) => {
    const { startedAt, endedAt, waits = [], reason: _reason, ...rest } = step
    if (isOver(endedAt)) return step
    if (startedAt === undefined || !isOver(startedAt)) return { ...rest, state: 'pending' as const }
    const open = waits
      .filter((wait) => isOver(wait.startedAt))
      .map(({ endedAt: end, ...wait }) => (end !== undefined && isOver(end) ? { ...wait, endedAt: end } : wait))
    return { ...rest, state: 'waiting' as const, startedAt, waits: open }
  })
  return { run: { ...begun, outcome: 'running', steps }, now }
}
