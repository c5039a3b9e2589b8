import assert from 'node:assert/strict'
import { dirname, join } from 'node:path'
import { takeOver, UNIT } from '../agent-status.ts'
import type { Guest } from '../guest.ts'
import { assertConverged, type Cut, EVENT_DEADLINE_MS } from '../power.ts'
import { timed } from '../print.ts'
import { seededRandom } from '../random.ts'
import { type Scenario, theInstance } from '../scenario.ts'
import { pause, withDeadline } from '../wait.ts'
import { LITTLE, powerCut } from './power-cut.ts'

/** Resolves when a temporary file of the agent's appears beside the one that it is to replace. */
function replacing(file: string): Cut['event'] {
  const temporary = join(dirname(file), '.*.slurm-node-agent')
  return async (_lab, guest) => {
    // Without a process of its own for each look, which would take longer than the write.
    const look = `until set -- ${temporary}; [ -e "$1" ]; do :; done`
    await guest.run(['sh', '-c', look], { deadlineMs: EVENT_DEADLINE_MS })
  }
}

/** What a run writes in a moment: it is undone, so that the next run writes it again. */
interface Rewrite extends Cut {
  readonly undo: (guest: Guest) => Promise<unknown>
}

const REWRITES: readonly Rewrite[] = [
  {
    name: 'while fstab is written',
    withinMs: 300,
    event: replacing('/etc/fstab'),
    undo: (guest) => guest.run(['sed', '-i', '/\\/mnt\\/shared/d', '/etc/fstab']),
  },
  {
    name: 'while the exports are written',
    withinMs: 300,
    event: replacing('/etc/exports.d/slurm-node-agent.exports'),
    undo: (guest) => guest.run(['find', '/etc/exports.d', '-type', 'f', '-delete']),
  },
]

const PRECIOUS = '/mnt/shared/precious'

export const rewriteCut: Scenario = {
  name: 'rewrite-cut',
  title: 'the power goes while fstab and the exports are written, and the next boot converges (--rounds: so often)',
  ci: { leftOut: 'two boots more; the files that CI cuts off appear whole in the same way' },
  after: powerCut,
  repeats: true,
  async run(stage) {
    const { lab, seed } = stage
    const { guest, root } = theInstance(stage)
    const random = seededRandom(seed)
    await guest.writeFile(PRECIOUS, 'kept\n')
    await guest.run(['sync', '--file-system', PRECIOUS])
    for (const { name, withinMs, event, undo } of REWRITES) {
      await takeOver(guest, lab.signal)
      const afterMs = Math.trunc(random() * withinMs)
      await timed(`the power goes ${name}, ${afterMs} ms after the event`, async () => {
        await undo(guest)
        await guest.run(['sync'])
        const seen = event(lab, guest, lab.signal)
        await guest.run(['systemctl', 'start', '--no-block', UNIT])
        await withDeadline(name, EVENT_DEADLINE_MS, lab.signal, () => seen)
        await pause(afterMs, lab.signal)
        await guest.cutPower()
      })
      await timed('the next boot', () => guest.boot([root, lab.dataVolume, lab.instanceStore]))
      await timed('all of it holds', () => assertConverged(lab, guest, LITTLE))
      assert.equal(await guest.readFile(PRECIOUS), 'kept', 'what was on the volume is there')
    }
  },
}
