import type { Scenario } from './scenario.ts'
import { accounting } from './scenarios/accounting.ts'
import { anyOrder } from './scenarios/any-order.ts'
import { aptLocked } from './scenarios/apt-locked.ts'
import { attach } from './scenarios/attach.ts'
import { badConfig } from './scenarios/bad-config.ts'
import { bake } from './scenarios/bake.ts'
import { cluster } from './scenarios/cluster.ts'
import { configless } from './scenarios/configless.ts'
import { deb } from './scenarios/deb.ts'
import { efsHelper } from './scenarios/efs-helper.ts'
import { efsWaits } from './scenarios/efs-waits.ts'
import { firstBoot } from './scenarios/first-boot.ts'
import { fleetRepair } from './scenarios/fleet-repair.ts'
import { labCheck } from './scenarios/lab-check.ts'
import { lateVolume } from './scenarios/late-volume.ts'
import { nfsClient } from './scenarios/nfs-client.ts'
import { nodeNames } from './scenarios/node-names.ts'
import { oldScriptTakenOver } from './scenarios/old-script.ts'
import { packageMissing } from './scenarios/package-missing.ts'
import { powerCut } from './scenarios/power-cut.ts'
import { reboot } from './scenarios/reboot.ts'
import { reconfigure } from './scenarios/reconfigure.ts'
import { refusals } from './scenarios/refusals.ts'
import { refuseDisk } from './scenarios/refuse-disk.ts'
import { repair } from './scenarios/repair.ts'
import { replaceFrontEnd } from './scenarios/replace-front-end.ts'
import { rerun } from './scenarios/rerun.ts'
import { rewriteCut } from './scenarios/rewrite-cut.ts'
import { rogue } from './scenarios/rogue.ts'
import { rotateKey } from './scenarios/rotate-key.ts'
import { secrets } from './scenarios/secrets.ts'
import { thousand } from './scenarios/thousand.ts'
import { unplugged } from './scenarios/unplugged.ts'
import { upgrade } from './scenarios/upgrade.ts'
import { volumeWaits } from './scenarios/volume-waits.ts'

/** Every scenario, in the order in which they are listed and run. */
export const SCENARIOS: readonly Scenario[] = [
  firstBoot,
  rerun,
  repair,
  reboot,
  badConfig,
  refuseDisk,
  oldScriptTakenOver,
  attach,
  volumeWaits,
  unplugged,
  refusals,
  efsWaits,
  efsHelper,
  packageMissing,
  upgrade,
  deb,
  bake,
  nfsClient,
  cluster,
  rogue,
  fleetRepair,
  secrets,
  anyOrder,
  reconfigure,
  configless,
  rotateKey,
  replaceFrontEnd,
  nodeNames,
  accounting,
  lateVolume,
  thousand,
  aptLocked,
  powerCut,
  rewriteCut,
  labCheck,
]
