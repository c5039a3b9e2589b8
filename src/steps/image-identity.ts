import type { Action, Argv, Exec, Remove } from '../engine/action.ts'
import { type Decision, toConverge } from '../engine/decision.ts'
import type { Step } from '../engine/step.ts'
import { aptLockedBy } from './apt-locks.ts'
import { toForgetSerial } from './image-snapd.ts'
import { toRemoveTraces } from './image-traces.ts'
import { isUnfinished } from './installed.ts'
import { refusal } from './refusal.ts'
import { systemctl, unitStates } from './service.ts'

const machineIdPath = '/etc/machine-id'
const journal = '/var/log/journal'
const seedUnit = 'systemd-random-seed.service'
const aptFiles: Argv = ['find', '/var/lib/apt/lists', '/var/cache/apt', '-type', 'f', '!', '-name', 'lock']

interface Seen {
  /** Who holds which lock of apt or dpkg. */
  readonly lockedBy: string | undefined
  /** A package is neither whole nor away. */
  readonly isHalfDone: boolean
  /** What has snapd forget who it is. */
  readonly serial: readonly Exec[]
  readonly traces: readonly Remove[]
  /** cloud-init knows of an instance. */
  readonly remembersInstance: boolean
  readonly journals: readonly string[]
  /** At its stop, as at a shutdown, it writes a seed. */
  readonly savesSeed: boolean
  readonly hasAptFiles: boolean
  readonly machineId: string | undefined
}

/** Nothing that instances must not have in common, nor what this machine knows of its own time. */
export const imageIdentity: Step<unknown, Seen> = {
  id: 'image-identity',
  title: 'Identity of the image',
  after: ['packages', 'image-units'],
  // unattended-upgrades may have much to do on a new machine.
  deadlineMs: () => 900_000,

  async observe(_config, host, signal) {
    const [states, updates, lockedBy, serial, traces, clouds, journals, [seed], apt, machineId] = await Promise.all([
      host.packages(signal),
      host.list('/var/lib/dpkg/updates'),
      aptLockedBy(host),
      toForgetSerial(host),
      toRemoveTraces(host),
      host.list('/var/lib/cloud'),
      host.list(journal),
      unitStates([seedUnit], host, signal),
      host.exec(aptFiles, { signal }),
      host.read(machineIdPath),
    ])
    return {
      lockedBy,
      isHalfDone: isUnfinished(states, updates) || [...states.values()].some(({ halfDone }) => halfDone !== undefined),
      serial,
      traces,
      remembersInstance: clouds.some((name) => name !== 'seed'),
      journals,
      savesSeed: seed?.active === 'active',
      hasAptFiles: apt.stdout !== '',
      machineId,
    }
  },

  decide(_config, seen) {
    // What apt is at is not for us to delete, and no image is made in the middle of it.
    if (seen.lockedBy !== undefined) return { is: 'wait', code: 'APT_LOCKED', for: seen.lockedBy }
    if (seen.isHalfDone) return refuseHalfDone()
    return toConverge(
      'no key and no identity of this machine is left',
      ...seen.serial,
      seen.remembersInstance && exec('cloud-init has data of this instance', 'cloud-init', 'clean', '--logs'),
      seen.savesSeed && systemctl('it would write a seed for all instances at the shutdown', 'stop', seedUnit),
      ...seen.traces,
      ...(seen.journals.length === 0 ? [] : toForgetJournal),
      seen.hasAptFiles && toDropAptFiles,
      seen.machineId !== '' && toEmptyMachineId(seen.machineId),
    )
  },
}

function refuseHalfDone(): Decision {
  const because = 'dpkg was cut off, and has left a package half-installed or half-configured'
  return refusal(
    'IMAGE_PACKAGE_UNFINISHED',
    because,
    'see dpkg --audit, run dpkg --configure --pending and apt-get --fix-broken install, and bake again',
  )
}

const toDropAptFiles: Exec = {
  ...exec('package lists are old when the image is used', ...aptFiles, '-delete'),
  lock: 'apt',
}

/** journald writes on elsewhere until the next boot. */
const toForgetJournal: readonly Exec[] = [
  exec('the journal is that of this machine', 'journalctl', '--relinquish-var'),
  exec('the journal is that of this machine', 'find', journal, '-mindepth', '1', '-delete'),
]

/**
 * Empty, systemd makes an ID at the next boot. Missing, or `uninitialized`, it would enable every unit anew as well, by
 * the presets (machine-id(5)), our timer among them: that is what `cloud-init clean --machine-id` leaves.
 */
function toEmptyMachineId(was: string | undefined): Action {
  const because = 'each instance makes its own'
  return { do: 'write', path: machineIdPath, content: '', was, mode: 0o444, because }
}

function exec(because: string, ...argv: Argv): Exec {
  return { do: 'exec', argv, because }
}
