import { setTimeout as sleep } from 'node:timers/promises'
import { exec } from '../host/exec.ts'
import type { RunState } from './run-state.ts'

/** One line of what is going on, for `systemctl status`. */
export function statusLine(run: RunState): string {
  const busy = run.steps.filter((step) => step.state === 'running' || step.state === 'waiting')
  const done = run.steps.filter((step) => step.endedAt !== undefined).length
  const doing = busy.map((step) => `${step.id}: ${step.code ?? step.reason ?? step.state}`).join('; ')
  return `${done}/${run.steps.length} ${doing === '' ? run.outcome : doing}`
}

/** People read the line; each one costs the machine a process. */
const leastPauseMs = 1_000
/** systemd-notify waits until systemd has read it, which is busy while packages are installed. */
const answerMs = 10_000

/**
 * Tells systemd, where it started us. Node has no Unix datagram sockets, so systemd-notify does it, one at a time and
 * always the latest line; one that did not arrive is told again. That it fails is not worth failing for: the state file
 * says the same.
 */
export function notifier(): { show(run: RunState): void; end(): Promise<void> } {
  if (process.env['NOTIFY_SOCKET'] === undefined) return { show: () => undefined, end: async () => undefined }
  let told = ''
  let latest = ''
  let telling: Promise<void> | undefined
  const ending = new AbortController()

  async function tell(): Promise<void> {
    while (told !== latest) {
      const line = latest
      const argv = ['systemd-notify', `--status=${line}`] as const
      const arrived = await exec(argv, { signal: AbortSignal.timeout(answerMs) }).then(
        () => true,
        () => false,
      )
      if (arrived) told = line
      else if (ending.signal.aborted) break
      await sleep(leastPauseMs, undefined, { signal: ending.signal }).catch(() => undefined)
    }
    telling = undefined
  }

  return {
    show(run) {
      latest = statusLine(run)
      if (latest !== told) telling ??= tell() // which, with nothing to tell, would be over before it is remembered
    },
    async end() {
      ending.abort()
      await telling
    },
  }
}
