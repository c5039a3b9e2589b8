import type { Logger } from 'pino'
import { clock } from '../host/clock.ts'
import { logEvent } from './log.ts'
import { notifier } from './notify.ts'
import { afterEvent, type RunEvent, type RunState } from './run-state.ts'
import { stateWriter } from './state-file.ts'
import { terminal } from './terminal.ts'

interface Reporter {
  show(event: RunEvent): void
  end(): Promise<void>
}

/** One stream of events, and all who read it: the log, the state file, systemd, and the terminal where there is one. */
export async function reporter(log: Logger): Promise<Reporter> {
  const state = stateWriter()
  const systemd = notifier()
  const screen = process.stdout.isTTY ? await terminal(process.stdout) : undefined
  let run: RunState | undefined
  return {
    show(event) {
      logEvent(log, event)
      run = afterEvent(run, event, new Date(clock.now()))
      state.show(run)
      systemd.show(run)
      screen?.show(run)
    },
    async end() {
      screen?.end()
      await Promise.all([state.end(), systemd.end()])
    },
  }
}
