import { exampleConfig } from './example-config.ts'
import type { Guest } from './guest.ts'
import type { Lab } from './lab.ts'
import { CONFIGURED_PACKAGES } from './packages.ts'
import { timed } from './print.ts'
import { userDataFor } from './user-data.ts'

/** A front end's first boot with nothing held back: volume and mount target are there from the start. */
export async function bootFrontend(lab: Lab): Promise<Guest> {
  await lab.efs.open()
  const { guest, root } = await lab.launch(
    lab.prepared.images.bare,
    await userDataFor(lab, exampleConfig(CONFIGURED_PACKAGES)),
  )
  await timed('the instance boots', () => guest.boot([lab.instanceStore, root]))
  await lab.attachDataVolume(guest)
  return guest
}
