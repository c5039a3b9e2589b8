import type { Action, Argv, Exec, Remove } from '../engine/action.ts'
import { toConverge } from '../engine/decision.ts'
import type { Step } from '../engine/step.ts'
import { toRemoveTraces } from './image-traces.ts'
import { systemctl, unitStates } from './service.ts'

const machineIdPath = '/etc/machine-id'
const journal = '/var/log/journal'
const seedUnit = 'systemd-random-seed.service'
const aptFiles: Argv = ['find', '/var/lib/apt/lists', '/var/cache/apt', '-type', 'f', '!', '-name', 'lock']

interface Seen {
  readonly traces: readonly Remove[]
  /** cloud-init knows of an instance. */
  readonly remembersInstance: boolean
  readonly journals: readonly string[]
  /** At its stop, as at a shutdown, it writes a seed. */
  readonly savesSeed: boolean
  readonly hasAptFiles: boolean
  readonly machineId: string | undefined
}

/** Nothing by which this machine is known, nor what it knows of its own time. */
export const imageIdentity: Step<unknown, Seen> = {
  id: 'image-identity',
  title: 'Identity of the image',
  after: ['packages', 'image-units'],
  deadlineMs: () => 120_000,

  async observe(_config, host, signal) {
    const [traces, clouds, journals, [seed], apt, machineId] = await Promise.all([
      toRemoveTraces(host),
      host.list('/var/lib/cloud'),
      host.list(journal),
      unitStates([seedUnit], host, signal),
      host.exec(aptFiles, { signal }),
      host.read(machineIdPath),
    ])
    return {
      traces,
      remembersInstance: clouds.some((name) => name !== 'seed'),
      journals,
      savesSeed: seed?.active === 'active',
      hasAptFiles: apt.stdout !== '',
      machineId,
    }
  },

  decide(_config, seen) {
    return toConverge(
      'nothing of this machine is left',
      seen.remembersInstance && exec('cloud-init has data of this instance', 'cloud-init', 'clean', '--logs'),
      seen.savesSeed && systemctl('it would write a seed for all instances at the shutdown', 'stop', seedUnit),
      ...seen.traces,
      ...(seen.journals.length === 0 ? [] : toForgetJournal),
      seen.hasAptFiles && exec('package lists are old when the image is used', ...aptFiles, '-delete'),
      seen.machineId !== '' && toEmptyMachineId(seen.machineId),
    )
  },
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
