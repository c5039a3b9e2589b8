import { MIRROR_NAME } from '../addresses.ts'
import { waitForConvergence, waitForStepCode } from '../agent-status.ts'
import { exampleConfig } from '../example-config.ts'
import { assertFrontend } from '../frontend-assertions.ts'
import { boothook, multipart } from '../multipart.ts'
import { NOT_BAKED, SCENARIO_PACKAGES } from '../packages.ts'
import { timed } from '../print.ts'
import { bakedImage, type Scenario } from '../scenario.ts'
import { userDataFor } from '../user-data.ts'
import { pause } from '../wait.ts'

const [HELD, WANTED] = NOT_BAKED
const LOCKED_MS = 120_000

/**
 * What unattended-upgrades does to a first boot, drawn out: one apt holds dpkg's lock while its download does not come,
 * one holds the lists' lock while its index does not. apt gives up on a silent server after 30 s unless told otherwise.
 */
const OTHER_APT = `#!/bin/sh
set -eu
cat > /run/lab-apt <<'SCRIPT'
set -eu
apt-get update
apt-get -o Acquire::http::Timeout=600 install -y ${HELD} &
echo 'deb [trusted=yes] http://${MIRROR_NAME}/slow ./' > /etc/apt/sources.list.d/slow.list
apt-get -o Acquire::http::Timeout=600 update &
wait
rm /etc/apt/sources.list.d/slow.list
SCRIPT
systemd-run --no-block --unit=lab-apt --setenv=DEBIAN_FRONTEND=noninteractive /bin/sh /run/lab-apt
`

export const aptLocked: Scenario = {
  name: 'apt-locked',
  title: 'a real apt holds the locks for two minutes: the agent says so, waits, and converges',
  ci: { leftOut: 'it takes 4 minutes, of which it waits two; the unit tests have apt and dpkg lock' },
  images: ['baked'],
  async run({ lab }) {
    const { signal } = lab
    const config = exampleConfig([...SCENARIO_PACKAGES, WANTED])
    const release = Promise.withResolvers<void>()
    lab.mirror.addFolder('slow', lab.prepared.debs)
    lab.mirror.delay('/slow/', release.promise)
    lab.mirror.delay(`/debian/pool/${HELD}_`, release.promise)
    await lab.efs.open()
    const userData = multipart([boothook(OTHER_APT), boothook(await userDataFor(lab, config))])
    const { guest, root } = await lab.launch(bakedImage(lab), userData)
    const held = lab.mirror.nextRequest(`/debian/pool/${HELD}_`)
    await lab.attachDataVolume(guest)
    await timed('the instance boots', () => guest.boot([lab.instanceStore, root, lab.dataVolume]))
    await timed('another apt holds the locks', () => held)
    await timed('the agent waits for the locks', () =>
      waitForStepCode(guest, 'packages', 'APT_LOCKED', { deadlineMs: 240_000, signal }),
    )
    await timed('for two minutes', () => pause(LOCKED_MS, signal))
    await waitForStepCode(guest, 'packages', 'APT_LOCKED', { deadlineMs: 30_000, signal })
    release.resolve()
    await timed('the run ends', () => waitForConvergence(guest, { deadlineMs: 600_000, signal }))
    await timed('all of it holds', () => assertFrontend(lab, guest, config))
  },
}
