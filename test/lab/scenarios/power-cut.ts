import { execa } from 'execa'
import { exampleConfig } from '../example-config.ts'
import { formatBegun } from '../format-begun.ts'
import { DATA_VOLUME_ID } from '../lab.ts'
import { assertConverged, type Cut, cutAtEach, EVENT_DEADLINE_MS, logged } from '../power.ts'
import { timed } from '../print.ts'
import { bakedImage, type Scenario } from '../scenario.ts'
import { userDataFor } from '../user-data.ts'

/** What the role needs is enough for apt to be cut off in: a front end has more than a job server. */
const LITTLE = exampleConfig(['git'])

/** In the order in which one life of an instance comes by them, each given what an earlier boot must not have. */
const MOMENTS: readonly Cut[] = [
  {
    name: 'while Node is unpacked',
    withinMs: 10_000,
    // It may come before SSH answers.
    event: (begin, lab) => Promise.all([lab.mirror.nextRequest('/node-v'), begin()]),
  },
  { name: 'while apt runs', withinMs: 20_000, event: logged(/"step":"packages","action":"[^"]*install/) },
  {
    name: 'during mkfs',
    withinMs: 1500,
    // Not the line of the action, which begins with a proof that takes longer than mkfs.
    event: async (begin, _lab, guest) => {
      await begin()
      await formatBegun(guest, EVENT_DEADLINE_MS)
    },
    prepare: (lab, guest) => lab.attachDataVolume(guest),
  },
  {
    name: 'while the key is published',
    withinMs: 1500,
    event: logged(/"step":"munge-key","action":/),
    prepare: (lab) => lab.efs.open(),
  },
]

export const powerCut: Scenario = {
  name: 'power-cut',
  title:
    'the power goes four times in the first boots of an instance, and the next one converges (--rounds: so many instances)',
  ci: true,
  images: ['job'],
  repeats: true,
  async run({ lab, seed }) {
    lab.efs.order()
    const { guest, root } = await lab.launch(bakedImage(lab, 'job'), await userDataFor(lab, LITTLE))
    const isAttached = (): boolean => lab.cloud.volumes.get(DATA_VOLUME_ID)?.attachment !== undefined
    const boot = (): Promise<void> => guest.boot([lab.instanceStore, root, ...(isAttached() ? [lab.dataVolume] : [])])
    await cutAtEach(lab, guest, { cuts: MOMENTS, seed, begin: boot })
    await timed('the next boot', boot)
    await timed('all of it holds', () => assertConverged(lab, guest, LITTLE))
    await guest.shutDown()
    await timed('the file system is whole', () => execa('e2fsck', ['-f', '-n', lab.dataVolume.file]))
  },
}
