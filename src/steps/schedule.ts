import type { Config } from '../config/schema.ts'
import { toConverge } from '../engine/decision.ts'
import type { Step } from '../engine/step.ts'
import { startsOf } from './service.ts'

/** The agent's own. */
export const timer = 'slurm-node-agent.timer'
const path = `/etc/systemd/system/${timer}.d/interval.conf`
/** A person's: while it is there, the service does not run. */
const disabled = '/etc/slurm-node-agent/disabled'

interface Seen {
  readonly dropIn: string | undefined
  /** The timer's files changed since systemd read them. */
  readonly needsReload: boolean
  /** It has no time left to wait for; an interval that comes now would be heeded only after the next run of the service. */
  readonly isElapsed: boolean
}

/** The steady interval of the agent's own timer: how late volumes, rotated keys and drift are followed. */
export const schedule: Step<Pick<Config, 'convergeIntervalSeconds'>, Seen> = {
  id: 'schedule',
  title: 'Schedule',
  after: [],
  asksAbout: () => [timer],
  deadlineMs: () => 60_000,

  async observe(_config, host, signal) {
    const [dropIn, switchedOff, [shown = {}]] = await Promise.all([
      host.read(path),
      host.stat(disabled),
      host.units([timer], signal),
    ])
    const { NeedDaemonReload: reload, SubState: state } = shown
    return { dropIn, needsReload: reload === 'yes', isElapsed: state === 'elapsed' && switchedOff === undefined }
  },

  decide({ convergeIntervalSeconds }, { dropIn, needsReload, isElapsed }, past) {
    const content = printDropIn(convergeIntervalSeconds)
    const isSet = dropIn === content
    return toConverge(
      convergeIntervalSeconds === 0 ? 'at boot only' : `every ${convergeIntervalSeconds} s`,
      !isSet && {
        do: 'write',
        path,
        content,
        was: dropIn,
        mode: 0o644,
        because: 'the interval differs from the configuration',
      },
      (!isSet || needsReload) && { do: 'exec', argv: ['systemctl', 'daemon-reload'], because: 'unit files changed' },
      // It starts the service at once, whose run finds this one at it.
      isElapsed &&
        convergeIntervalSeconds > 0 &&
        startsOf(timer, past) === 0 && {
          do: 'exec',
          argv: ['systemctl', 'restart', timer],
          because: 'the timer had run out before it had an interval',
        },
    )
  },
}

function printDropIn(seconds: number): string {
  const lines = ['# Made by slurm-node-agent from convergeIntervalSeconds.', '[Timer]']
  return [...lines, ...(seconds === 0 ? [] : [`OnUnitInactiveSec=${seconds}s`]), ''].join('\n')
}
