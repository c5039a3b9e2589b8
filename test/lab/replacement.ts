import type { Lab, Launched } from './lab.ts'
import { timed } from './print.ts'
import { bakedImage } from './scenario.ts'
import { pause } from './wait.ts'

/** slurmctld writes a change within 5 s (SAVE_MAX_WAIT of its state_save.c): what is younger is lost with the machine. */
const STATE_WRITTEN_MS = 15_000

/** An instance, switched off, with the address of a front end that is lost without a warning. */
export async function replacementOf(lab: Lab, { guest }: Launched, userData: string): Promise<Launched> {
  await timed('slurmctld writes its state', () => pause(STATE_WRITTEN_MS, lab.signal))
  await timed('the front end is lost', () => guest.cutPower())
  const { instance } = guest
  lab.cloud.instances.set(instance.instanceId, { ...instance, state: 'terminated' })
  return await lab.launch(bakedImage(lab), userData, { address: instance.address })
}
