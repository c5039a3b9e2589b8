import assert from 'node:assert/strict'
import { handBack, takeOver } from '../agent-status.ts'
import { assertSrun, JOB_SERVERS, theCluster, waitForIdle } from '../example-cluster.ts'
import { type Fault, FSTAB_LINE_DELETED, SLURM_CONF_EDITED, SLURMD_KILLED } from '../faults.ts'
import { fleetScript } from '../fleet-script.ts'
import type { Guest } from '../guest.ts'
import { timed } from '../print.ts'
import type { Scenario } from '../scenario.ts'
import { cluster } from './cluster.ts'

const SCRIPT = '/root/_script.sh'
const SOMETHING_TO_DO = 2

interface Patient {
  readonly guest: Guest
  readonly fault: Fault
}

export const fleetRepair: Scenario = {
  name: 'fleet-repair',
  title:
    'what the SSM document has run names a fault on each of three instances at once, mends it, and finds none left',
  ci: { leftOut: 'it takes 3 minutes; the unit tests hold the document to the commands that it has run' },
  after: cluster,
  async run({ lab }) {
    const { frontEnd, jobServers } = theCluster(lab)
    const guests = [frontEnd, ...jobServers].map(({ guest }) => guest)
    const patients = guests.map((guest, index): Patient => ({ guest, fault: faultOf(index) }))
    await Promise.all(guests.map((guest) => takeOver(guest, lab.signal)))
    for (const { guest, fault } of patients) await timed(fault.name, () => fault.make(guest))

    await timed('plan names each', () => Promise.all(patients.map(assertNamed)))
    await timed('apply mends each', () => Promise.all(guests.map((guest) => command(guest, 'apply', 0))))
    await timed('plan names none', () => Promise.all(guests.map((guest) => command(guest, 'plan', 0))))
    await Promise.all(guests.map(handBack))
    await timed('the nodes are idle', () => waitForIdle(frontEnd.guest, JOB_SERVERS.length, lab.signal))
    await timed('srun on both nodes', () => assertSrun(frontEnd.guest))
  },
}

/** None of them keeps another instance from being looked at. */
function faultOf(index: number): Fault {
  const fault = [FSTAB_LINE_DELETED, SLURM_CONF_EDITED, SLURMD_KILLED][index]
  assert.ok(fault !== undefined, 'there is a fault for each instance')
  return fault
}

async function assertNamed({ guest, fault }: Patient): Promise<void> {
  const said = await command(guest, 'plan', SOMETHING_TO_DO)
  for (const pattern of fault.planned) assert.match(said, pattern)
}

/** As Systems Manager's agent runs it: a file, and sh. */
async function command(guest: Guest, name: string, exitCode: number): Promise<string> {
  await guest.writeFile(SCRIPT, fleetScript(name))
  await guest.run(['chmod', '0700', SCRIPT])
  const ended = await guest.run(['sh', '-c', SCRIPT, ''], { ok: 'any', deadlineMs: 600_000 })
  const said = `${ended.stdout}\n${ended.stderr}`
  assert.equal(ended.exitCode, exitCode, `${name} on ${guest.instance.instanceId} says:\n${said}`)
  return said
}
