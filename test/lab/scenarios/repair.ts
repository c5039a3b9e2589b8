import assert from 'node:assert/strict'
import { AGENT, handBack, takeOver } from '../agent-status.ts'
import { exampleConfig } from '../example-config.ts'
import { assertFrontend } from '../frontend-assertions.ts'
import type { Guest } from '../guest.ts'
import { timed } from '../print.ts'
import { type Scenario, theInstance } from '../scenario.ts'
import { firstBoot } from './first-boot.ts'

interface Fault {
  readonly name: string
  /** The step that mends it. */
  readonly step: string
  readonly make: (guest: Guest) => Promise<unknown>
  /** What plan says of it, when it is the only one. */
  readonly planned: readonly RegExp[]
}

const FAULTS: readonly Fault[] = [
  {
    name: 'munged runs with a wrong key',
    async make(guest) {
      const key = '/etc/munge/munge.key'
      await guest.run(['dd', 'if=/dev/urandom', `of=${key}`, 'bs=128', 'count=1', 'status=none'])
      await guest.run(['systemctl', 'restart', 'munge'])
    },
    step: 'munge-key',
    planned: [/copy-secret .* to \/etc\/munge\/munge\.key/],
  },
  {
    name: 'the exports file is deleted',
    async make(guest) {
      await guest.run(['find', '/etc/exports.d', '-type', 'f', '-delete'])
      await guest.run(['exportfs', '-ra'])
    },
    step: 'nfs-export',
    planned: [/\/etc\/exports\.d\//],
  },
  {
    name: 'the line of the data volume is deleted from fstab',
    make: (guest) => guest.run(['sed', '-i', '/\\/mnt\\/shared/d', '/etc/fstab']),
    step: 'data-volume',
    planned: [/\+\s*UUID=.*\/mnt\/shared/],
  },
  {
    name: 'slurm.conf is edited',
    make: (guest) => guest.run(['sed', '-i', 's/^ClusterName=.*/ClusterName=edited/', '/etc/slurm/slurm.conf']),
    step: 'slurm-conf',
    planned: [/-\s*ClusterName=edited/, /\+\s*ClusterName=slurm-cluster/],
  },
  {
    name: 'EFS is unmounted',
    make: (guest) => guest.run(['umount', '/mnt/work']),
    step: 'efs',
    planned: [/\/mnt\/work/],
  },
  {
    name: 'slurmctld is killed',
    make: (guest) => guest.run(['systemctl', 'kill', '--signal=KILL', 'slurmctld']),
    step: 'slurmctld',
    planned: [/systemctl start slurmctld/],
  },
]

async function planExit(guest: Guest): Promise<{ exitCode: number; text: string }> {
  const { exitCode, stdout, stderr } = await guest.run([AGENT, 'plan', '--detailed-exitcode'], { ok: 'any' })
  return { exitCode, text: `${stdout}\n${stderr}` }
}

async function mend(guest: Guest, faults: readonly Fault[]): Promise<void> {
  const [only] = faults.length === 1 ? faults : []
  for (const { make } of faults) await make(guest)
  const found = await planExit(guest)
  assert.equal(found.exitCode, 2, `plan finds something to do:\n${found.text}`)
  // What comes after a step that has something to do is known only then.
  for (const { step } of faults) assert.match(found.text, new RegExp(`^[~?] ${step}:`, 'm'))
  if (only !== undefined) for (const pattern of only.planned) assert.match(found.text, pattern)
  await guest.run([AGENT, 'apply'], { deadlineMs: 300_000 })
  const left = await planExit(guest)
  assert.equal(left.exitCode, 0, `plan finds nothing left to do:\n${left.text}`)
}

export const repair: Scenario = {
  name: 'repair',
  title: 'one fault at a time, then all at once: plan names it, apply mends it, plan is empty',
  ci: true,
  after: firstBoot,
  async run(stage) {
    const { guest } = theInstance(stage)
    // By hand is what is shown here: the timer's runs would mend things too.
    await takeOver(guest, stage.lab.signal)
    for (const fault of FAULTS) await timed(fault.name, () => mend(guest, [fault]))
    await timed('all at once', () => mend(guest, FAULTS))
    await handBack(guest)
    await timed('all of it holds', () => assertFrontend(stage.lab, guest, exampleConfig()))
  },
}
