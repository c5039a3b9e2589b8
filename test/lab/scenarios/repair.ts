import assert from 'node:assert/strict'
import { AGENT, handBack, takeOver } from '../agent-status.ts'
import { exampleConfig } from '../example-config.ts'
import {
  EFS_UNMOUNTED,
  EXPORTS_DELETED,
  type Fault,
  FSTAB_LINE_DELETED,
  HALF_UNPACKED,
  SLURM_CONF_EDITED,
  SLURMCTLD_KILLED,
  WRONG_MUNGE_KEY,
} from '../faults.ts'
import { assertFrontend } from '../frontend-assertions.ts'
import type { Guest } from '../guest.ts'
import { timed } from '../print.ts'
import { type Scenario, theInstance } from '../scenario.ts'
import { firstBoot } from './first-boot.ts'

const FAULTS: readonly Fault[] = [
  HALF_UNPACKED,
  WRONG_MUNGE_KEY,
  EXPORTS_DELETED,
  FSTAB_LINE_DELETED,
  SLURM_CONF_EDITED,
  EFS_UNMOUNTED,
  SLURMCTLD_KILLED,
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
