import type { Host } from '../../src/engine/host.ts'
import { deviceWriter } from './device-writer.ts'
import { deviceIsClaimed, deviceIsFree, digest, firstNonZero } from './disk.ts'
import { blockDevices, instanceStates, mayAttach, volume } from './ec2.ts'
import { mountTargets } from './efs.ts'
import { exec } from './exec.ts'
import { list, read, sha256, stat } from './files.ts'
import { lockHolder } from './lock-holder.ts'
import { logTail } from './log-tail.ts'
import { metadata } from './metadata.ts'
import { mayWrite, serverOf } from './mounts.ts'
import { primaryAddress, resolve, tcpTrouble, tlsTrouble } from './network.ts'
import { packages } from './packages.ts'
import { units } from './units.ts'

/** The machine we run on. */
export const host: Host = {
  exec,
  packages,
  units,
  read,
  stat,
  serverOf,
  mayWrite,
  list,
  sha256,
  lockHolder,
  primaryAddress,
  metadata,
  resolve,
  tcpTrouble,
  tlsTrouble,
  mountTargets,
  volume,
  blockDevices,
  instanceStates,
  mayAttach,
  firstNonZero,
  digest,
  deviceIsFree,
  deviceIsClaimed,
  deviceWriter,
  logTail,
}
