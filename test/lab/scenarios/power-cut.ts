import assert from 'node:assert/strict'
import { UNIT } from '../agent-status.ts'
import { exampleConfig } from '../example-config.ts'
import type { Guest } from '../guest.ts'
import { DATA_VOLUME_ID, type Lab } from '../lab.ts'
import { assertConverged, type Cut, EVENT_DEADLINE_MS } from '../power.ts'
import { timed } from '../print.ts'
import { seededRandom } from '../random.ts'
import { bakedImage, type Scenario } from '../scenario.ts'
import { frontendUserData } from '../user-data.ts'
import { pause, withDeadline } from '../wait.ts'

/** What the role needs is enough for apt to be cut off in: a front end has more than a job server. */
export const LITTLE = exampleConfig(['git'])

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

interface Moment extends Cut {
  /** What the instance is given before that boot, so that it comes by the moment in this one and not in an earlier. */
  readonly give?: (lab: Lab, guest: Guest) => Promise<void>
}

/** In the order in which one life of an instance comes by them. */
const MOMENTS: readonly Moment[] = [
  { name: 'while Node is unpacked', withinMs: 10_000, event: (lab) => lab.mirror.nextRequest('/node-v') },
  { name: 'while apt runs', withinMs: 20_000, event: actionStarted('packages', /install/) },
  {
    name: 'during mkfs',
    withinMs: 2500,
    event: programStarted('mkfs.ext4'),
    give: (lab, guest) => lab.attachDataVolume(guest),
  },
  {
    name: 'while the key is published',
    withinMs: 1500,
    event: actionStarted('munge-key', /./),
    give: (lab) => lab.efs.open(),
  },
]

async function oneLife(lab: Lab, random: () => number): Promise<void> {
  lab.efs.order()
  const { guest, root } = await lab.launch(bakedImage(lab, 'job'), await frontendUserData(lab, LITTLE))
  const isAttached = (): boolean => lab.cloud.volumes.get(DATA_VOLUME_ID)?.attachment !== undefined
  const boot = (): Promise<void> => guest.boot([lab.instanceStore, root, ...(isAttached() ? [lab.dataVolume] : [])])
  for (const { name, withinMs, event, give } of MOMENTS) {
    const afterMs = Math.trunc(random() * withinMs)
    await give?.(lab, guest)
    await timed(`the power goes ${name}, ${afterMs} ms after the event`, async () => {
      // Asked for before the boot: the event may come before SSH answers.
      const requested = name === 'while Node is unpacked' ? event(lab, guest, lab.signal) : undefined
      await boot()
      await withDeadline(name, EVENT_DEADLINE_MS, lab.signal, async (signal) => {
        await (requested ?? event(lab, guest, signal))
      })
      await pause(afterMs, lab.signal)
      await guest.cutPower()
    })
  }
  await timed('the next boot', boot)
  await timed('all of it holds', () => assertConverged(lab, guest, LITTLE))
}

export const powerCut: Scenario = {
  name: 'power-cut',
  title:
    'the power goes four times in the first boots of an instance, and the next one converges (--rounds: so many instances)',
  ci: true,
  images: ['job'],
  repeats: true,
  async run({ lab, seed }) {
    await oneLife(lab, seededRandom(seed))
  },
}
