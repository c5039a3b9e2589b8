import { clock } from '../host/clock.ts'
import type { RunState } from './run-state.ts'
import { renderRun, renderTroubles } from './table.ts'
import { columnsOf } from './width.ts'

interface Terminal {
  show(run: RunState): void
  end(): void
}

/** The run on a terminal, live: redrawn with each event and each second. `end` leaves the last picture standing. */
export async function terminal(stream: NodeJS.WriteStream): Promise<Terminal> {
  // Loaded here alone: what it knows of the width of characters takes a tenth of a run with nothing to do.
  const { createLogUpdate } = await import('log-update')
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
