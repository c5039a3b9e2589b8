import { createLogUpdate } from 'log-update'
import { clock } from '../host/clock.ts'
import type { RunState } from './run-state.ts'
import { renderRun, renderTroubles } from './table.ts'
import { columnsOf } from './width.ts'

/** The run on a terminal, live: redrawn with each event and each second. `end` leaves the last picture standing. */
export function terminal(stream: NodeJS.WriteStream): { show(run: RunState): void; end(): void } {
  const update = createLogUpdate(stream)
  let latest: RunState | undefined
  const draw = () => {
    if (latest !== undefined) update(renderRun(latest, new Date(clock.now()), columnsOf(stream)).join('\n'))
  }
  const tick = setInterval(draw, 1_000)
  return {
    show(run) {
      latest = run
      draw()
    },
    end() {
      clearInterval(tick)
      draw()
      update.done()
      for (const line of latest === undefined ? [] : renderTroubles(latest)) stream.write(`${line}\n`)
    },
  }
}
