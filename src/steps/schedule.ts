import type { Config } from '../config/schema.ts'
import { toConverge } from '../engine/decision.ts'
import type { Step } from '../engine/step.ts'
import { parseShow } from '../formats/systemd.ts'

/** The agent's own. */
export const timer = 'slurm-node-agent.timer'
const path = `/etc/systemd/system/${timer}.d/interval.conf`

interface Seen {
  readonly dropIn: string | undefined
  /** The timer's files changed since systemd read them. */
  readonly needsReload: boolean
}

/** The steady interval of the agent's own timer: how late volumes, rotated keys and drift are followed. */
export const schedule: Step<Pick<Config, 'convergeIntervalSeconds'>, Seen> = {
  id: 'schedule',
  title: 'Schedule',
  after: [],
  deadlineMs: () => 60_000,

  async observe(_config, host, signal) {
    const [dropIn, show] = await Promise.all([
      host.read(path),
      host.exec(['systemctl', 'show', '--property=NeedDaemonReload', timer], { signal }),
    ])
    const [shown = {}] = parseShow(show.stdout)
    return { dropIn, needsReload: shown['NeedDaemonReload'] === 'yes' }
  },

  decide({ convergeIntervalSeconds }, { dropIn, needsReload }) {
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
    )
  },
}

function printDropIn(seconds: number): string {
  const lines = ['# Made by slurm-node-agent from convergeIntervalSeconds.', '[Timer]']
  return [...lines, ...(seconds === 0 ? [] : [`OnUnitInactiveSec=${seconds}s`]), ''].join('\n')
}
