import assert from 'node:assert/strict'
import { dirname, join } from 'node:path'
import { describe, UNIT, waitForRunEnd } from '../agent-status.ts'
import { type ExampleConfig, exampleConfig } from '../example-config.ts'
import { assertFrontend } from '../frontend-assertions.ts'
import type { Guest } from '../guest.ts'
import type { Lab } from '../lab.ts'
import { timed } from '../print.ts'
import { seededRandom } from '../random.ts'
import { bakedImage, type Scenario } from '../scenario.ts'
import { frontendUserData } from '../user-data.ts'
import { pause, withDeadline } from '../wait.ts'

interface Cut {
  readonly name: string
  /** How long after the event the power goes, at most: about as long as the work takes in this guest. */
  readonly withinMs: number
  readonly event: (lab: Lab, guest: Guest, signal: AbortSignal) => Promise<void>
}

const EVENT_DEADLINE_MS = 600_000

/** Resolves when the agent logs that this step begins an action whose label fits. */
function actionStarted(step: string, label: RegExp): Cut['event'] {
  return async (_lab, guest, signal) => {
    const found = new AbortController()
    const either = AbortSignal.any([signal, found.signal])
    // From the start of this boot, so that what has begun already counts too.
    const argv = ['journalctl', '--follow', '--boot', '--lines=all', '--output=cat', `--unit=${UNIT}`]
    await guest.follow(
      argv,
      (line) => {
        if (begins(line, step, label)) found.abort()
      },
      either,
    )
    signal.throwIfAborted()
    assert.ok(found.signal.aborted, `the log ended before an action of ${step} began`)
  }
}

/** Resolves when the guest runs this program: the action around it begins with a proof that takes longer. */
function programStarted(name: string): Cut['event'] {
  return async (_lab, guest) => {
    const look = `until pgrep -x ${name} >/dev/null; do sleep 0.05; done`
    await guest.run(['sh', '-c', look], { deadlineMs: EVENT_DEADLINE_MS })
  }
}

function begins(line: string, step: string, label: RegExp): boolean {
  if (!line.startsWith('{')) return false
  const entry: unknown = JSON.parse(line)
  if (typeof entry !== 'object' || entry === null || !('event' in entry) || !('step' in entry)) return false
  if (entry.event !== 'action-started' || entry.step !== step) return false
  return 'action' in entry && typeof entry.action === 'string' && label.test(entry.action)
}

/** Resolves when a temporary file of the agent's appears beside the one that it is to replace. */
function replacing(file: string): Cut['event'] {
  const temporary = join(dirname(file), '.*.slurm-node-agent')
  return async (_lab, guest) => {
    // Without a process of its own for each look, which would take longer than the write.
    const look = `until set -- ${temporary}; [ -e "$1" ]; do :; done`
    await guest.run(['sh', '-c', look], { deadlineMs: EVENT_DEADLINE_MS })
  }
}

/** In the order in which one life of an instance comes by them. */
const CUTS: readonly Cut[] = [
  { name: 'while Node is unpacked', withinMs: 10_000, event: (lab) => lab.mirror.nextRequest('/node-v') },
  { name: 'during mkfs', withinMs: 2500, event: programStarted('mkfs.ext4') },
  { name: 'while apt runs', withinMs: 30_000, event: actionStarted('packages', /install/) },
  { name: 'while the key is published', withinMs: 1500, event: actionStarted('munge-key', /./) },
]

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

async function oneLife(lab: Lab, random: () => number): Promise<void> {
  // What a front end has beyond a job server is enough for apt to be cut off in; more would only take longer.
  const config = exampleConfig(['git'])
  await lab.efs.open()
  const { guest, root } = await lab.launch(bakedImage(lab, 'job'), await frontendUserData(lab, config))
  await lab.attachDataVolume(guest)
  for (const { name, withinMs, event } of CUTS) {
    const afterMs = Math.trunc(random() * withinMs)
    await timed(`the power goes ${name}, ${afterMs} ms after the event`, async () => {
      // Asked for before the boot: the event may come before SSH answers.
      const requested = name === 'while Node is unpacked' ? event(lab, guest, lab.signal) : undefined
      await guest.boot([lab.instanceStore, root, lab.dataVolume])
      await withDeadline(name, EVENT_DEADLINE_MS, lab.signal, async (signal) => {
        await (requested ?? event(lab, guest, signal))
      })
      await pause(afterMs, lab.signal)
      await guest.cutPower()
    })
  }
  await timed('the next boot', () => guest.boot([lab.instanceStore, root, lab.dataVolume]))
  await timed('all of it holds', () => assertConverged(lab, guest, config))
  await guest.writeFile(PRECIOUS, 'kept\n')
  await guest.run(['sync', '--file-system', PRECIOUS])
  for (const { name, withinMs, event, undo } of REWRITES) {
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
    await timed('all of it holds', () => assertConverged(lab, guest, config))
    assert.equal(await guest.readFile(PRECIOUS), 'kept', 'what was on the volume is there')
  }
}

async function assertConverged(lab: Lab, guest: Guest, config: ExampleConfig): Promise<void> {
  const status = await waitForRunEnd(guest, { deadlineMs: EVENT_DEADLINE_MS, signal: lab.signal })
  assert.equal(status.outcome, 'converged', describe(status))
  await assertFrontend(lab, guest, config)
}

export const powerCut: Scenario = {
  name: 'power-cut',
  title: 'six power cuts in the life of one instance, and converged after the next boot (--rounds 5: five lives)',
  ci: { leftOut: 'five boots take 13 minutes, and it was seen to pass with one seed only' },
  images: ['job'],
  repeats: true,
  async run({ lab, seed }) {
    await oneLife(lab, seededRandom(seed))
  },
}
