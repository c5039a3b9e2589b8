import assert from 'node:assert/strict'
import { dirname, join } from 'node:path'
import { takeOver, UNIT } from '../agent-status.ts'
import { exampleConfig } from '../example-config.ts'
import { assertConverged, type Cut, cutAtEach, EVENT_DEADLINE_MS, logged } from '../power.ts'
import { timed } from '../print.ts'
import { bakedImage, type Scenario } from '../scenario.ts'
import { userDataFor } from '../user-data.ts'

const TEMPORARY = '.*.slurm-node-agent'

/**
 * Undoes what a run writes in a moment, so that the next run writes it again. What an earlier cut has left of a write would
 * be taken for that of the next.
 */
function undoneBy(...argv: readonly string[]): Required<Cut>['prepare'] {
  return async (lab, guest) => {
    await takeOver(guest, lab.signal)
    await guest.run(argv)
    await guest.run(['find', '/etc', '/etc/exports.d', '-maxdepth', '1', '-name', TEMPORARY, '-delete'])
    await guest.run(['sync'])
  }
}

/** Resolves when a temporary file of the agent's appears beside the one that it is to replace. */
function replacing(file: string): Cut['event'] {
  const temporary = join(dirname(file), TEMPORARY)
  // Without a process of its own for each look, which would take longer than the write.
  const look = `until set -- ${temporary}; [ -e "$1" ]; do :; done`
  return (begin, _lab, guest) =>
    Promise.all([guest.run(['sh', '-c', look], { deadlineMs: EVENT_DEADLINE_MS }), begin()])
}

const FIRST_START: Cut = {
  // It syncs the most of what it makes there, and not all.
  name: 'while slurmctld begins its state',
  withinMs: 20_000,
  event: logged(/"step":"slurmctld","action":"[^"]*start/),
}

const REWRITES: readonly Cut[] = [
  {
    name: 'while fstab is written',
    withinMs: 300,
    prepare: undoneBy('sed', '-i', '/\\/mnt\\/shared/d', '/etc/fstab'),
    event: replacing('/etc/fstab'),
  },
  {
    name: 'while the exports are written',
    withinMs: 300,
    prepare: undoneBy('find', '/etc/exports.d', '-type', 'f', '-delete'),
    event: replacing('/etc/exports.d/slurm-node-agent.exports'),
  },
]

const PRECIOUS = '/mnt/shared/precious'

export const rewriteCut: Scenario = {
  name: 'rewrite-cut',
  title:
    'the power goes as slurmctld begins its state, and while fstab and the exports are written (--rounds: so often)',
  ci: { leftOut: 'it takes 7 minutes; the files that CI cuts off appear whole in the same way' },
  images: ['baked'],
  repeats: true,
  async run({ lab, seed }) {
    const config = exampleConfig()
    await lab.efs.open()
    const { guest, root } = await lab.launch(bakedImage(lab), await userDataFor(lab, config))
    await lab.attachDataVolume(guest)
    const boot = (): Promise<void> => guest.boot([root, lab.dataVolume, lab.instanceStore])
    await cutAtEach(lab, guest, { cuts: [FIRST_START], seed, begin: boot })
    await timed('the next boot', boot)
    await timed('all of it holds', () => assertConverged(lab, guest, config))
    await guest.writeFile(PRECIOUS, 'kept\n')
    await guest.run(['sync', '--file-system', PRECIOUS])
    await cutAtEach(lab, guest, {
      cuts: REWRITES,
      seed,
      begin: () => guest.run(['systemctl', 'start', '--no-block', UNIT]),
      async afterEach() {
        await timed('the next boot', boot)
        await timed('all of it holds', () => assertConverged(lab, guest, config))
        assert.equal(await guest.readFile(PRECIOUS), 'kept', 'what was on the volume is there')
      },
    })
  },
}
